using System.Globalization;

namespace Recon.Samples.Tests;

/// <summary>The stated changes against the files, by a comparison of its own.</summary>
public class SampleChangesTests
{
    private static readonly SampleObject[] s_objects =
        [CompanySource.Definition, PersonSource.Definition, OpportunitySource.Definition, CommunicationSource.Definition];

    private static readonly Dictionary<string, string> s_maps = SampleEnumerations.CompanyTypes
        .Concat(SampleEnumerations.CommunicationTypes).Concat(SampleEnumerations.CallDirections)
        .ToDictionary(pair => pair.Legacy, pair => pair.Hubspot);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task PropertyChanges_OfDemo_AreWhatTheFilesHold(int number)
    {
        SampleObject o = s_objects[number];
        SampleTable table = MirrorSchema.Tables[number];
        SampleFacts facts = await new SampleGenerator(SampleOptions.Demo).CountAsync(SampleFiles.Token);
        List<string[]> bronze = StrictCsv.Read(await SampleFiles.BronzeAsync(SampleOptions.Demo, o.File)).Good;
        List<string[]> mirror = StrictCsv.Read(await SampleFiles.MirrorAsync(SampleOptions.Demo, table)).Good;
        ILookup<string, string[]> byKey = mirror.Where(row => row[1].Length > 0 && row[^1] == "false").ToLookup(row => row[1]);

        Dictionary<string, long> changes = [];
        long withChanges = 0;
        foreach (IGrouping<string, string[]> group in bronze.Skip(1).GroupBy(row => Trim(row[0]).Replace(".0", "", StringComparison.Ordinal)))
        {
            string[][] candidates = [.. byKey[group.Key]];
            if (candidates.Length != 1 || group.Select(row => row[o.Cell(o.TextColumn)]).Distinct().Count() > 1)
            {
                continue;
            }

            string[] names = [.. o.Properties.Where((property, index) => Differs(property, group.First()[o.Cell(property.Column)], candidates[0][index + 2])).Select(property => property.Name)];
            withChanges += names.Length > 0 ? 1 : 0;
            foreach (string name in names)
            {
                changes[name] = changes.GetValueOrDefault(name) + 1;
            }
        }

        PipelineFacts expected = facts.Pipelines[number];
        Assert.Equal(expected.WithChanges, withChanges);
        Assert.Equal(expected.PropertyChanges.OrderBy(pair => pair.Key, StringComparer.Ordinal), changes.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    private static bool Differs(SampleProperty property, string legacy, string hubspot)
    {
        legacy = Trim(legacy);
        if (legacy is "" or "NULL" or "N/A" or "-" or "#AUTO#" or "27:31.0" or "Prospect tiède" or "Courrier")
        {
            return false;
        }

        if (property.Name == "hs_call_direction" && !s_maps.ContainsKey(legacy))
        {
            return false; // Not a call.
        }

        if (legacy.Length == 255 && hubspot.Length > 255)
        {
            return !hubspot.StartsWith(legacy, StringComparison.Ordinal);
        }

        return property.Kind switch
        {
            SampleValueKind.Number => hubspot.Length == 0 || Number(legacy) != Number(hubspot),
            SampleValueKind.Email => !legacy.Equals(hubspot, StringComparison.OrdinalIgnoreCase),
            SampleValueKind.Domain => Host(legacy) != hubspot,
            SampleValueKind.Phone => E164(legacy) != hubspot,
            SampleValueKind.UnassignedPhone => hubspot.Length == 0,
            SampleValueKind.Date => legacy[..10] != hubspot,
            SampleValueKind.Timestamp => ParisTime.Mirror(DateTime.Parse(legacy, CultureInfo.InvariantCulture)) != hubspot,
            _ => s_maps.GetValueOrDefault(legacy, legacy) != hubspot,
        };
    }

    private static string Trim(string text) => text.Trim(' ', '\u00A0');

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);

    private static string Host(string address)
    {
        string host = new Uri(address.Contains("://", StringComparison.Ordinal) ? address : "http://" + address).Host.ToLowerInvariant();
        return host.StartsWith("www.", StringComparison.Ordinal) ? host[4..] : host;
    }

    private static string E164(string phone)
    {
        string digits = string.Concat(phone.Where(char.IsAsciiDigit));
        return "+33" + (digits.StartsWith("33", StringComparison.Ordinal) ? digits[2..] : digits[1..]);
    }
}
