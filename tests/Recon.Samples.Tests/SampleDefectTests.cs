using System.Text;

namespace Recon.Samples.Tests;

public class SampleDefectTests
{
    [Theory]
    [InlineData("companies", DefectKind.UnmappedEnumeration, DefectKind.SoftDeleted, DefectKind.DecimalTail)]
    [InlineData("contacts", DefectKind.SoftDeleted, DefectKind.DanglingParent)]
    [InlineData("deals", DefectKind.SoftDeleted, DefectKind.DanglingParent, DefectKind.DateLost, DefectKind.UnmappedEnumeration,
        DefectKind.NoteCutAt255, DefectKind.MultiLine, DefectKind.Html, DefectKind.QuotesInText)]
    [InlineData("communications", DefectKind.UnclosedQuote, DefectKind.DanglingParent, DefectKind.DateLost, DefectKind.AutumnHour,
        DefectKind.SpringHour, DefectKind.NoteCutAt255, DefectKind.UnmappedEnumeration, DefectKind.MultiLine, DefectKind.Html, DefectKind.QuotesInText)]
    public async Task Demo_EachObject_HoldsItsDirt(string pipeline, params object[] own)
    {
        SampleFacts facts = await new SampleGenerator(SampleOptions.Demo).CountAsync(SampleFiles.Token);

        Assert.Empty(own.Cast<DefectKind>().Concat(DefectLists.Common).Except(facts[pipeline].Dirt.Keys));
    }

    [Fact]
    public async Task Demo_EveryKind_Occurs()
    {
        SampleFacts facts = await new SampleGenerator(SampleOptions.Demo).CountAsync(SampleFiles.Token);

        IEnumerable<DefectKind> held = facts.Pipelines.SelectMany(p => p.Dirt.Keys);
        Assert.Empty(Enum.GetValues<DefectKind>().Except(held).Except([DefectKind.None]));
    }

    [Theory]
    [InlineData(",27:31.0,")]
    [InlineData(",NULL,")]
    [InlineData(",N/A,")]
    [InlineData(",-,")]
    [InlineData(",#AUTO#,")]
    [InlineData("SociÃ©tÃ© ")]
    [InlineData("Soci\uFFFDt\uFFFD ")]
    [InlineData(",=")]
    [InlineData(",@")]
    [InlineData("\n\"1")]
    [InlineData("E+05,")]
    [InlineData("\n\uFF11")]
    [InlineData("\n 1")]
    [InlineData("\n\u00A01")]
    [InlineData(".0,")]
    [InlineData(",2022-10-30 02:30:00,")]
    [InlineData(",2023-03-26 02:30:00,")]
    [InlineData(",Courrier,")]
    public async Task Communications_OfDemo_HoldText(string text)
        => Assert.Contains(text, Encoding.UTF8.GetString(await SampleFiles.BronzeAsync(SampleOptions.Demo, "Bronze_Communication.csv")), StringComparison.Ordinal);

    [Fact]
    public async Task WellFormed_OtherDirtOnly_Occurs()
    {
        SampleFacts facts = await new SampleGenerator(SampleOptions.Demo with { Malformed = false }).CountAsync(SampleFiles.Token);

        DefectKind[] held = [.. facts.Pipelines.SelectMany(p => p.Dirt.Keys)];
        Assert.DoesNotContain(held, RecordPlan.DamagesRecord);
        Assert.Empty(Enum.GetValues<DefectKind>().Where(kind => !RecordPlan.DamagesRecord(kind)).Except(held).Except([DefectKind.None]));
    }

    [Fact]
    public async Task Dirt_AtVolume_IsRare()
    {
        SampleFacts facts = await new SampleGenerator(new SampleOptions { Rows = 200_000 }).CountAsync(SampleFiles.Token);

        Assert.All(facts.Pipelines, p => Assert.InRange(p.Rejected, 1, p.Read * 5 / 1_000));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    [InlineData(1_500)]
    [InlineData(5_000)]
    [InlineData(10_000)]
    public async Task Rejects_AnySize_StayBelowTheDefaultLimit(long rows)
    {
        SampleFacts facts = await new SampleGenerator(new SampleOptions { Rows = rows }).CountAsync(SampleFiles.Token);

        Assert.All(facts.Pipelines, p => Assert.True(p.Rejected * 100 <= p.Read * 5, $"{p.Pipeline}: {p.Rejected} of {p.Read}"));
    }

    [Fact]
    public async Task CutNote_InHubspot_IsPrefixOfLongerText()
    {
        SampleTable table = MirrorSchema.Tables[3];
        int note = table.Columns.Select(column => column.Name).ToList().IndexOf("hs_note_body");
        List<string[]> bronze = StrictCsv.Read(await SampleFiles.BronzeAsync(SampleOptions.Demo, "Bronze_Communication.csv")).Good;
        List<string[]> mirror = StrictCsv.Read(await SampleFiles.MirrorAsync(SampleOptions.Demo, table)).Good;

        string[][] cut = [.. bronze.Where(row => row[9].Length == 255)];
        Assert.NotEmpty(cut);
        Assert.All(cut, row => Assert.Contains(
            mirror, other => other[1] == row[0] && other[note].Length > 255 && other[note].StartsWith(row[9], StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("2022-10-30 02:30:00", "2022-10-30 00:30:00+00")]
    [InlineData("2023-03-26 02:30:00", "2023-03-26 01:30:00+00")]
    [InlineData("2023-03-26 03:00:00", "2023-03-26 01:00:00+00")]
    [InlineData("2022-10-30 03:00:00", "2022-10-30 02:00:00+00")]
    [InlineData("2020-01-15 09:00:00", "2020-01-15 08:00:00+00")]
    [InlineData("2020-07-15 09:00:00", "2020-07-15 07:00:00+00")]
    public void ParisTime_Local_BecomesUtc(string local, string utc)
        => Assert.Equal(utc, ParisTime.Mirror(DateTime.Parse(local, System.Globalization.CultureInfo.InvariantCulture)));
}
