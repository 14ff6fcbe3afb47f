using System.Globalization;
using System.Text;
using System.Text.Json;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Recon.Cli.Tests.Support;

namespace Recon.Cli.Tests.Commands;

/// <summary>The numbers of a report are those of the database.</summary>
public sealed class ReportCommandTests(ReconciledSample sample) : IClassFixture<ReconciledSample>
{
    private static readonly string[] s_outcomes =
    [
        "read", "with_changes", "matched - with_changes", "ambiguous + conflict", "unmatched", "rejected", "folded", "filtered",
    ];

    [Fact]
    public async Task Report_Html_HasTheNumbersOfTheDatabase()
    {
        CliRun run = await sample.Database.ReconAsync("report");
        Assert.True(run.ExitCode == 0, run.Error);
        IDocument page = await new HtmlParser().ParseDocumentAsync(run.Out, TestContext.Current.CancellationToken);

        foreach ((int index, string pipeline) in ReconciledSample.Pipelines.Index())
        {
            IElement row = page.QuerySelectorAll(".overview tbody tr")[index];
            Assert.Equal(pipeline, row.QuerySelector("th")!.TextContent);
            Assert.Equal(
                [.. await Task.WhenAll(s_outcomes.Select(outcome => LogAsync(pipeline, outcome)))],
                row.QuerySelectorAll("td").Select(cell => Number(cell.TextContent)));

            IElement article = page.QuerySelectorAll("article")[index];
            foreach (IElement status in article.QuerySelectorAll("section tbody tr"))
            {
                string name = status.QuerySelector("th")!.FirstChild!.TextContent;
                Assert.Equal(
                    await RowsAsync(pipeline, $"reconciliation_status = '{name}'"), Number(status.QuerySelector("td[data-label=records]")!.TextContent));
            }
        }

        Assert.InRange(Encoding.UTF8.GetByteCount(run.Out), 1, 400_000);
    }

    [Theory]
    [InlineData("companies")]
    [InlineData("contacts")]
    [InlineData("deals")]
    [InlineData("communications")]
    public async Task Report_Json_HasTheChangesRejectsAndParentsOfTheDatabase(string pipeline)
    {
        JsonElement report = await JsonAsync(pipeline);
        JsonElement changes = JsonDocument.Parse((await sample.Database.ReconAsync("changes", pipeline, "--json")).Out).RootElement;

        foreach (JsonElement property in report.GetProperty("properties").EnumerateArray())
        {
            string name = property.GetProperty("property").GetString()!;
            JsonElement other = changes.GetProperty("properties").EnumerateArray().FirstOrDefault(each => each.GetProperty("property").GetString() == name);
            Assert.Equal(other.ValueKind == JsonValueKind.Undefined ? 0 : other.GetProperty("changes").GetInt64(), property.GetProperty("changes").GetInt64());
            if (other.ValueKind != JsonValueKind.Undefined)
            {
                Assert.Equal(
                    (other.GetProperty("fills").GetInt64(), other.GetProperty("overwrites").GetInt64(), other.GetProperty("clears").GetInt64()),
                    (property.GetProperty("set").GetInt64(), property.GetProperty("changed").GetInt64(), property.GetProperty("cleared").GetInt64()));
            }

            Assert.Equal(
                property.GetProperty("changes").GetInt64(),
                property.GetProperty("others").GetInt64() + property.GetProperty("transitions").EnumerateArray().Sum(pair => pair.GetProperty("records").GetInt64()));
        }

        Assert.Equal(
            await sample.Database.QueryValueAsync<long>($"select count(*) from staging.reconciliation_rejects where pipeline = '{pipeline}'"),
            report.GetProperty("rejects").EnumerateArray().Sum(like => like.GetProperty("records").GetInt64()));
        foreach (JsonElement parents in report.GetProperty("parents").EnumerateArray())
        {
            string lookup = parents.GetProperty("lookup").GetString()!;
            Assert.Equal(
                await RowsAsync(pipeline, $"legacy_{lookup}_id is not null and hubspot_{lookup}_id is null"),
                parents.GetProperty("other_records").GetInt64() + parents.GetProperty("missing").EnumerateArray().Sum(id => id.GetProperty("records").GetInt64()));
            JsonElement first = parents.GetProperty("missing")[0];
            Assert.Equal(
                await RowsAsync(pipeline, $"legacy_{lookup}_id = '{first.GetProperty("legacy_id").GetProperty("text").GetString()}' and hubspot_{lookup}_id is null"),
                first.GetProperty("records").GetInt64());
        }

        // Runs of a few batches have no rate over time.
        Assert.Empty(report.GetProperty("speed").GetProperty("committed").EnumerateArray());
        Assert.True(report.GetProperty("published").GetBoolean());
        Assert.True(report.GetProperty("settings").GetProperty("definition_is_the_same").GetBoolean());
    }

    [Fact]
    public async Task Report_EqualByMeaning_AddsUpToWhatTheRunCounted()
    {
        JsonElement report = await JsonAsync("companies");
        JsonElement stats = JsonDocument.Parse((await sample.Database.ReconAsync("stats", "companies", "--suppressed", "--json")).Out).RootElement.GetProperty("pipelines")[0];

        Assert.Equal(
            stats.GetProperty("suppressed").EnumerateObject().Sum(comparison => comparison.Value.GetInt64()),
            report.GetProperty("properties").EnumerateArray().Sum(property => property.GetProperty("same_by_meaning").GetInt64()));
    }

    [Theory]
    [InlineData("html")]
    [InlineData("markdown")]
    [InlineData("json")]
    public async Task Report_Masked_HoldsNoValueOfARecord(string format)
    {
        CliRun run = await sample.Database.ReconAsync("report", "--mask", "--format", format);
        Assert.True(run.ExitCode == 0, run.Error);

        // Values of four letters and more, but for the options that the definition names, and words of the report itself.
        string[] values = (await sample.Database.QueryValueAsync<string[]>("""
            select array_agg(distinct value) from (
                select value from staging.companies_reconciliation, jsonb_each_text(properties_to_update || previous_values)
                union select value from staging.contacts_reconciliation, jsonb_each_text(properties_to_update || previous_values)
                union select value from staging.contacts_reconciliation, jsonb_each_text(legacy_properties)
                union select value from staging.communications_reconciliation, jsonb_each_text(properties_to_update)
                union select raw_record from staging.reconciliation_rejects) as all_values
            where value ~ '[[:alpha:]].*[[:alpha:]].*[[:alpha:]].*[[:alpha:]]' and length(value) > 5
            """))!;
        string definition = await File.ReadAllTextAsync(DemoDatabase.Definition, TestContext.Current.CancellationToken);
        string[] secrets = [.. values.Where(value => !definition.Contains(value, StringComparison.OrdinalIgnoreCase))];

        Assert.True(secrets.Length > 1_000, $"{secrets.Length} values");
        Assert.DoesNotContain(secrets, secret => run.Out.Contains(secret, StringComparison.Ordinal));
        Assert.True((await sample.Database.ReconAsync("report", "--format", format)).Out is var plain && secrets.Any(secret => plain.Contains(secret, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Report_OfARun_IsThatRuns()
    {
        string id = (await sample.Database.QueryValueAsync<Guid>("select run_id from staging.reconciliation_log where pipeline = 'deals'")).ToString();

        CliRun run = await sample.Database.ReconAsync("report", "deals", "--run", id, "--json");
        CliRun all = await sample.Database.ReconAsync("report", "--run", id, "--json");
        CliRun byEnd = await sample.Database.ReconAsync("report", "deals", "--run", id[^6..].ToUpperInvariant(), "--json");
        CliRun byBeginning = await sample.Database.ReconAsync("report", "deals", "--run", id[..20], "--json");

        JsonElement only = Assert.Single(JsonDocument.Parse(run.Out).RootElement.GetProperty("pipelines").EnumerateArray());
        Assert.Equal(("deals", id), (only.GetProperty("pipeline").GetString(), only.GetProperty("run").GetProperty("run_id").GetString()));
        Assert.All([byEnd, byBeginning], each => Assert.Equal(id, JsonDocument.Parse(each.Out).RootElement.GetProperty("pipelines")[0].GetProperty("run").GetProperty("run_id").GetString()));
        Assert.Equal(ReconciledSample.Pipelines, JsonDocument.Parse(all.Out).RootElement.GetProperty("pipelines").EnumerateArray().Select(each => each.GetProperty("pipeline").GetString()));
    }

    [Theory]
    [InlineData("There is no run '01900000-0000-7000-8000-000000000000' of companies, contacts, deals, communications. 'recon log' lists", "--run", "01900000-0000-7000-8000-000000000000")]
    [InlineData("There is no run 'nope' of deals", "deals", "--run", "nope")]
    [InlineData("There is no run '' of deals", "deals", "--run", "")]
    [InlineData("Use one of them", "--json", "--format", "markdown")]
    [InlineData("There is no pipeline 'nope'", "nope")]
    [InlineData("The report cannot be written: the folder of nowhere/report.html does not exist", "--out", "nowhere/report.html")]
    public async Task Report_WrongArgument_ExitsWith2(string message, params string[] args)
    {
        CliRun run = await sample.Database.ReconAsync(["report", .. args]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_IntoAFile_IsWrittenWholeForItsOwner()
    {
        string html = Path.Combine(sample.Folder, "report.html");
        string markdown = Path.Combine(sample.Folder, "report.md");
        await File.WriteAllTextAsync(html, new string('x', 1_000_000), TestContext.Current.CancellationToken);

        CliRun first = await sample.Database.ReconAsync("report", "companies", "--out", html);
        CliRun second = await sample.Database.ReconAsync("report", "companies", "--out", markdown);

        Assert.Equal((0, 0, ""), (first.ExitCode, second.ExitCode, first.Out));
        Assert.EndsWith("</html>\n", await File.ReadAllTextAsync(html, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.StartsWith("# Reconciliation report\n", await File.ReadAllTextAsync(markdown, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(["report.html", "report.md"], Directory.GetFiles(sample.Folder).Select(Path.GetFileName).Order());
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(html));
        }
    }

    [Fact]
    public async Task Report_OverTheDefinition_IsRefused()
    {
        CliRun run = await sample.Database.ReconAsync("report", "--out", DemoDatabase.Definition);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--out would write over the definition", run.Error, StringComparison.Ordinal);
    }

    private async Task<JsonElement> JsonAsync(string pipeline)
    {
        CliRun run = await sample.Database.ReconAsync("report", pipeline, "--json");
        Assert.True(run.ExitCode == 0, run.Error);
        return JsonDocument.Parse(run.Out).RootElement.GetProperty("pipelines")[0];
    }

    private Task<long> LogAsync(string pipeline, string what)
        => sample.Database.QueryValueAsync<long>($"select {what} from staging.reconciliation_log where pipeline = '{pipeline}'");

    private Task<long> RowsAsync(string pipeline, string condition)
        => sample.Database.QueryValueAsync<long>($"select count(*) from staging.{pipeline}_reconciliation where {condition}");

    private static long Number(string text) => long.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
}
