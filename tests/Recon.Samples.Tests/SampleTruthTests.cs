using System.Globalization;

namespace Recon.Samples.Tests;

/// <summary>
/// The facts against the files: a second, plain count of what the files hold, by a reader and rules of its own.
/// </summary>
public class SampleTruthTests
{
    public static TheoryData<int> Objects => [0, 1, 2, 3];

    [Theory]
    [MemberData(nameof(Objects))]
    public async Task Facts_OfDemo_AreWhatTheFilesHold(int number) => await CheckAsync(SampleOptions.Demo, number);

    [Theory]
    [MemberData(nameof(Objects))]
    public async Task Facts_OfOtherSample_AreWhatTheFilesHold(int number)
        => await CheckAsync(new SampleOptions { Rows = 33_333, Seed = 99 }, number);

    private static async Task CheckAsync(SampleOptions options, int number)
    {
        SampleTable table = MirrorSchema.Tables[number];
        SampleFacts all = await new SampleGenerator(options).CountAsync(SampleFiles.Token);
        PipelineFacts facts = all.Pipelines[number];
        (List<string[]> good, List<string> bad) = StrictCsv.Read(await SampleFiles.BronzeAsync(options, SampleGenerator.BronzeFiles[number]));
        (List<string[]> mirror, List<string> badMirror) = StrictCsv.Read(await SampleFiles.MirrorAsync(options, table));
        string[] header = good[0];
        int deleted = Array.FindIndex(header, name => name.EndsWith("_Deleted", StringComparison.Ordinal));

        Dictionary<string, int> live = [];
        int archived = table.Columns.Count - 1;
        foreach (string[] row in mirror.Skip(1).Where(row => row[1].Length > 0 && row[archived] == "false"))
        {
            live[row[1]] = live.GetValueOrDefault(row[1]) + 1;
        }

        string[][] kept = [.. good.Skip(1).Where(row => deleted < 0 || row[deleted] != "1")];
        ILookup<string, string[]> byId = kept.ToLookup(row => Canonical(row[0]));
        string[][][] groups = [.. byId.Where(group => group.Key.Length > 0).Select(group => group.ToArray())];
        string[][][] agreeing = [.. groups.Where(group => group.All(row => Agrees(header, row, group[0])))];

        Assert.Empty(badMirror);
        Assert.Equal(mirror.Count - 1, mirror.Skip(1).Select(row => row[0]).Distinct().Count());
        Assert.Equal(facts.MirrorRows, mirror.Count - 1);
        Assert.Equal(facts.Read, good.Count - 1 + bad.Count);
        Assert.Equal(facts.Filtered, good.Count - 1 - kept.Length);
        Assert.Equal(facts.Rejected, bad.Count + byId[""].Count());
        Assert.Equal(facts.Folded, groups.Sum(group => group.Length - 1));
        Assert.Equal(facts.Conflict, groups.Length - agreeing.Length);
        Assert.Equal(facts.Matched, agreeing.Count(group => live.GetValueOrDefault(Canonical(group[0][0])) == 1));
        Assert.Equal(facts.Unmatched, agreeing.Count(group => live.GetValueOrDefault(Canonical(group[0][0])) == 0));
        Assert.Equal(facts.Ambiguous, agreeing.Count(group => live.GetValueOrDefault(Canonical(group[0][0])) > 1));
    }

    private static string Canonical(string id)
    {
        string trimmed = id.Trim(' ', '\u00A0');
        trimmed = trimmed.EndsWith(".0", StringComparison.Ordinal) ? trimmed[..^2] : trimmed;
        return trimmed.All(char.IsAsciiDigit) && trimmed.Length > 0
            ? long.Parse(trimmed, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)
            : "";
    }

    private static bool Agrees(string[] header, string[] row, string[] other)
    {
        for (int i = 1; i < header.Length; i++)
        {
            bool parent = header[i] is "Comp_CompanyId" or "Oppo_PrimaryCompanyId" or "Oppo_PrimaryPersonId" or "Person_Id" or "Company_Id";
            if (!parent && row[i] != other[i])
            {
                return false;
            }
        }

        return true;
    }
}
