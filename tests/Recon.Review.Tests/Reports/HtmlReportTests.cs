using System.Security.Cryptography;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Recon.Dataflow.Definition;
using Recon.Postgres.Queries;
using Recon.Review.Markup;
using Recon.Review.Model;
using Recon.Review.Reports;

namespace Recon.Review.Tests.Reports;

public sealed class HtmlReportTests
{
    public static TheoryData<string> Hostile =>
    [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "</style><script>", "' onmouseover='x", "<!--", "]]>", "&lt;b&gt;",
        "\u202Eevil\u202C", "שלום עולם", "a\0b\u001b[31m", new string('w', 65_536), new string('\u0300', 500), "javascript:alert(1)", "{{7*7}}", "",
    ];

    [Fact]
    public async Task Html_OfASmallReport_IsAsApproved()
        => await Golden.CheckAsync("report.html", HtmlReport.Of(MadeUp.Report("Müller & Söhne"), isShortened: false));

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Html_HostileValues_AreTextAndNothingElse(string value)
    {
        IDocument page = Parse(HtmlReport.Of(MadeUp.Report(value), isShortened: false));
        IDocument plain = Parse(HtmlReport.Of(MadeUp.Report("plain"), isShortened: false));

        Assert.Empty(page.QuerySelectorAll("script,img,iframe,object,embed,link,form,input,base,audio,video"));
        Assert.All(page.All, element => Assert.DoesNotContain(element.Attributes, attribute => attribute.Name.StartsWith("on", StringComparison.Ordinal) || attribute.Name is "style" or "src" or "srcset" or "action"));
        Assert.All(page.QuerySelectorAll("[href]"), link => Assert.StartsWith("#", link.GetAttribute("href"), StringComparison.Ordinal));
        Assert.Equal(Names(plain).Except(["span", "bdi"]).Order(), Names(page).Except(["span", "bdi"]).Order());

        // Every value is there, told apart from the text around it, cut where it is long and with its length.
        string shown = VisibleText.Of(value.Length > 120 ? value[..120] : value);
        Assert.True(value.Length == 0 || page.QuerySelectorAll("bdi.v").Count(each => each.TextContent == shown && each.GetAttribute("dir") == "auto") >= 6);
        Assert.Equal(value.Length > 120, page.QuerySelectorAll(".cut").Any(each => each.TextContent == $"… of {Numbers.Count(value.Length)} characters"));
    }

    [Fact]
    public void Html_Policy_AllowsTheStyleByItsHashAndNothingElse()
    {
        IDocument page = Parse(HtmlReport.Of(MadeUp.Report("x"), isShortened: false));
        string hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(page.QuerySelector("style")!.TextContent)));

        Assert.Equal(
            $"default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'",
            page.QuerySelector("meta[http-equiv=Content-Security-Policy]")!.GetAttribute("content"));
        Assert.DoesNotContain("url(", page.QuerySelector("style")!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", page.QuerySelector("style")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_OfNoRecords_SaysSo()
    {
        IDocument empty = Parse(HtmlReport.Of(MadeUp.Empty(), isShortened: false));
        IDocument never = Parse(HtmlReport.Of(MadeUp.Never(), isShortened: false));

        Assert.Equal("No record was read, so nothing would change in HubSpot.", empty.QuerySelector(".sentence")!.TextContent);
        Assert.Empty(empty.QuerySelectorAll(".flow"));
        Assert.Contains("No record is staged", empty.Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains("No property would change", empty.Body.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", empty.Body.InnerHtml, StringComparison.Ordinal);
        Assert.Contains("Not run yet: companies.", never.Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_Account_AddsUpToWhatWasRead()
    {
        IDocument page = Parse(HtmlReport.Of(MadeUp.Report("x"), isShortened: false));
        long[] row = [.. page.QuerySelectorAll(".overview tbody td").Select(cell => long.Parse(cell.TextContent, System.Globalization.NumberStyles.AllowThousands, System.Globalization.CultureInfo.InvariantCulture))];

        Assert.Equal([1000, 300, 400, 15, 200, 15, 30, 40], row);
        Assert.Equal(row[0], row[1..].Sum());
    }

    [Fact]
    public void Text_OfVeryManyLongValues_FitsAndSaysThatItIsShortened()
    {
        PipelineEvidence[] pipelines = [.. Enumerable.Repeat(MadeUp.Evidence(string.Concat(Enumerable.Repeat("&\u202E\"", 40_000))), 20)];
        var builder = MadeUp.Builder(masked: false);

        string html = ReportText.Of("html", detail => builder.Build(pipelines, detail));
        string markdown = ReportText.Of("markdown", detail => builder.Build(pipelines, detail));

        Assert.InRange(Encoding.UTF8.GetByteCount(html), 1, ReportText.MostHtml);
        Assert.InRange(markdown.Length, 1, ReportText.MostMarkdown);
        Assert.Contains("Shortened to keep the file small", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_RowsOfALaterRun_ArePartOfNoNumber()
    {
        ReportedPipeline replaced = MadeUp.Evidence("x").Reported with { IsPublished = false, Changes = null, Statuses = [], Parents = [] };
        ValidPipeline pipeline = MadeUp.Reading.Definition!.Pipelines[0];
        ReportDocument report = MadeUp.Builder(false).Build([PipelineEvidence.Of(MadeUp.Reading, pipeline, replaced)], ReportDetail.Most);

        Assert.Contains(report.Pipelines[0].Notes, note => note.StartsWith("A later run has replaced the rows of this one", StringComparison.Ordinal));
        Assert.All(report.Pipelines[0].Properties, property => Assert.Null(property.Set));
        Assert.Equal([700, 200, 10, 5], report.Pipelines[0].Statuses.Select(status => status.Records));
        Assert.Contains("250 changes", Parse(HtmlReport.Of(report, isShortened: false)).QuerySelector(".tally")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_RowsThatAreGone_ArePartOfNoNumber()
    {
        ReportDocument report = Build(MadeUp.Evidence("x").Reported with { IsPublished = false, RowsLeft = 0, Changes = null, Statuses = [], Parents = [] }, MadeUp.Evidence("x").Reported);
        IDocument page = Parse(HtmlReport.Of(report, isShortened: false));

        Assert.Equal((1_000, 300), (report.Account.Read, report.Account.Changed));
        Assert.StartsWith("300 of 1,000 records would change HubSpot", report.Sentence, StringComparison.Ordinal);
        Assert.Equal("No result: the staging table holds 0 rows, and the run left 915.", report.Pipelines[0].Sentence);
        Assert.Equal("no result: the staging table holds 0 rows, and the run left 915", page.QuerySelector(".overview tbody td")!.TextContent);
        Assert.Contains("'recon run companies' makes the result again", page.QuerySelector(".alert")!.TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("running", null, "in progress", "This run is still in progress")]
    [InlineData("failed", "maxRejects", "refused by maxRejects", "This run was not published (failed: maxRejects)")]
    [InlineData("cancelled", null, "cancelled", "This run was not published (cancelled)")]
    [InlineData("abandoned", null, "abandoned", "This run was not published (abandoned)")]
    public void Report_RunsThatAreNoResult_ArePartOfNoSum(string outcome, string? gate, string why, string note)
    {
        ReportedPipeline full = MadeUp.Evidence("x").Reported;
        ReportedPipeline without = full with
        {
            IsPublished = false,
            Changes = null,
            Statuses = [],
            Parents = [],
            Run = full.Run! with { Outcome = outcome, Gates = gate is null ? [] : [gate] },
        };
        ReportDocument report = Build(full, without);
        ReportDocument alone = Build(without);
        IDocument page = Parse(HtmlReport.Of(report, isShortened: false));

        Assert.Equal((1_000, 300), (report.Account.Read, report.Account.Changed));
        Assert.Equal((null, why), (report.Pipelines[0].WithoutResult, report.Pipelines[1].WithoutResult));
        Assert.Equal(["1,000", $"no result: {why}"], page.QuerySelectorAll(".overview tbody tr").Select(row => row.QuerySelector("td")!.TextContent));
        Assert.Contains($"Without a result, and part of no number above: companies ({why}).", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.StartsWith(note, report.Pipelines[1].Notes[0], StringComparison.Ordinal);
        Assert.Single(page.QuerySelectorAll(".flow .on-wide .c-file"));
        Assert.Equal("There is no result yet, so nothing is known of what would change in HubSpot.", alone.Sentence);
        Assert.Equal(0, alone.Account.Read);
        string markdown = MarkdownReport.Of(report, isShortened: false);
        Assert.Contains($"no result: {why}", markdown, StringComparison.Ordinal);
        Assert.Contains("part of no number above: companies (", markdown, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_OfSeveralResults_HasTheirSum()
    {
        ReportedPipeline full = MadeUp.Evidence("x").Reported;
        IDocument page = Parse(HtmlReport.Of(Build(full, full), isShortened: false));

        Assert.Equal(["2,000", "600", "800", "30", "400", "30", "60", "80"], page.QuerySelectorAll(".overview tfoot td").Select(cell => cell.TextContent));
        Assert.Empty(Parse(HtmlReport.Of(Build(full), isShortened: false)).QuerySelectorAll("tfoot"));
    }

    [Fact]
    public void Report_UnreadAndWithheldValues_AreNotSaidToAgree()
    {
        ReportDocument report = MadeUp.Report("x");

        Assert.EndsWith(" 10 values could not be read and 12 differences were withheld by a rule: there HubSpot keeps what it has.", report.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("agree", report.Sentence, StringComparison.Ordinal);
        Assert.Equal(report.Sentence, report.Pipelines[0].Sentence);
    }

    [Fact]
    public void Report_RowsThatPartialRunsChanged_SaysWhichNumbersAreOfWhen()
    {
        ReportedPipeline full = MadeUp.Evidence("x").Reported;
        ReportDocument report = Build(full with { MergedSince = 2, Later = full.Run! with { Outcome = "failed", Gates = ["maxShrink"] } });

        Assert.StartsWith("2 partial runs changed rows since: there are 915 now, and the run left 915. Statuses, changes of properties", report.Pipelines[0].Notes[0], StringComparison.Ordinal);
        Assert.Contains("equal by meaning, withheld or not readable", report.Pipelines[0].Notes[0], StringComparison.Ordinal);
        Assert.Contains("was not published (failed: maxShrink)", report.Pipelines[0].Notes[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Report_MissingParents_CountRecordsAndIdsApart()
    {
        ReportedPipeline full = MadeUp.Evidence("x").Reported;
        ParentFacts parents = Build(full).Pipelines[0].Parents.Single();

        Assert.Equal((900, 90, 12), (parents.RecordsNaming, parents.RecordsMissing, parents.Ids));
        Assert.Equal("90 of 900 records name one of 12 ids in Owner that led to no single record of hubspot.contacts", Sentences.Missing(parents));
        Assert.Equal("90 of 900 records name an id in Owner that led to no single record of hubspot.contacts", Sentences.Missing(Build(full with { Parents = [] }).Pipelines[0].Parents.Single()));
    }

    [Fact]
    public void Html_WithheldDifferences_AreNoChanges()
    {
        IElement withheld = Parse(HtmlReport.Of(MadeUp.Report("x"), isShortened: false)).QuerySelectorAll("details")
            .Single(section => section.QuerySelector("h3")!.TextContent == "Differences that a rule withholds");

        Assert.Empty(withheld.QuerySelectorAll(".to"));
        Assert.Contains("HubSpot keeps x; the file has x", withheld.TextContent, StringComparison.Ordinal);
    }

    private static ReportDocument Build(params ReportedPipeline[] reported) => MadeUp.Builder(false)
        .Build([.. reported.Select(each => PipelineEvidence.Of(MadeUp.Reading, MadeUp.Reading.Definition!.Pipelines[0], each))], ReportDetail.Most);

    private static IDocument Parse(string html) => new HtmlParser().ParseDocument(html);

    private static IEnumerable<string> Names(IDocument page) => page.All.Select(element => element.LocalName);
}
