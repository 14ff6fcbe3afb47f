using System.Text;
using System.Text.Json;
using Recon.Cli.Commands;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Cli.Tests.Support;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Explain;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Postgres.Queries;
using Recon.Postgres.Runs;
using Recon.Postgres.Runs.Gates;

namespace Recon.Cli.Tests.Commands;

/// <summary>What every command shows on terminals of some widths, with values as people have them and as nobody would want them.</summary>
public sealed class WidthTests
{
    // Nowhere to break, two columns a character, drawn over others, of the other direction, orders to the terminal, no end.
    private static readonly string[] s_hostile =
    [
        new('x', 300),
        string.Concat(Enumerable.Repeat("漢字", 60)),
        string.Concat(Enumerable.Repeat("e\u0301", 80)),
        "a\u202Eb\u001B[31mc\r\nd\te" + new string('\u0007', 30),
        string.Concat(Enumerable.Repeat("👩‍👩‍👧 ", 40)),
        string.Concat(Enumerable.Repeat("word ", 100)),
        "",
        " ",
    ];

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public async Task Commands_OnATerminal_ShowWhatIsApproved(int width)
        => await Golden.CheckAsync($"terminal-{width}.txt", string.Join("\n", All("Suivi livraison 4504", "1001", width).Select(each => $"── {each.Command} ──\n{each.Text}")));

    [Fact]
    public void Commands_InAPipe_LeaveNothingOut()
    {
        string text = string.Concat(All("value", "1001", null).Select(each => each.Text));

        Assert.DoesNotContain("no room", text, StringComparison.Ordinal);
        Assert.DoesNotContain("(all: ", text, StringComparison.Ordinal);
        Assert.All(
            (string[])["match_confidence", "match_rule", "properties_to_update", "notes", "seconds", "filtered", "message", "conversions", "policy", "of matched", "conflict", "nearest option"],
            title => Assert.Contains(title, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(200)]
    public void Commands_HostileValues_KeepToTheWidth(int width)
    {
        foreach (string value in s_hostile)
        {
            foreach ((string command, string text) in All(value, value.Length == 0 ? "1" : value, width))
            {
                string shown = TerminalText.Escape(text);
                Assert.All(shown.Split('\n'), line => Assert.True(TextWidth.Of(line) <= width, $"{command}, {TextWidth.Of(line)} of {width} columns: {line}"));
                Assert.DoesNotContain('\u001B', shown);
            }
        }
    }

    [Fact]
    public void Commands_LongId_ShowAllOfIt()
    {
        string id = string.Concat(Enumerable.Range(0, 256).Select(number => number.ToString("x4", null)));

        foreach ((string command, string text) in All("v", id, 80).Where(each => each.Command is not ("mapping" or "log" or "run" or "sql")))
        {
            Assert.True(string.Concat(text.Split('\n').Select(line => line.Trim())).Contains(id, StringComparison.Ordinal), $"{command}:\n{text}");
        }
    }

    [Theory]
    [InlineData(23, "name  read  rejected  x\nabcd     1         2  y\n")]
    [InlineData(22, "name  read  rejected\nabcd     1         2\n  x: y\n")]
    [InlineData(19, "name  read\nabcd     1\n  x: y\n(no room for\n    rejected)\n")]
    [InlineData(9, "name abcd\nread 1\nrejected\n  2\nx y\n")]
    public void Table_WithinAWidth_TellsBelowThenDropsThenGoesByRow(int width, string expected)
        => Assert.Equal(expected, TextTable.Draw(width, ["name", ">read", "?>rejected", "/x"], [["abcd", "1", "2", "y"]]));

    [Fact]
    public void Table_ColumnBelowThatIsTheSameInAllRows_IsToldOnce()
        => Assert.Equal("number of rows\n1\n2\n(all: run a)\n", TextTable.Draw(14, ["number of rows", "/run"], [["1", "a"], ["2", "a"]]));

    [Fact]
    public void Table_TextThatFits_IsBrokenInItsColumn()
        => Assert.Equal(
            "id  text                   n\n1   a text that is         7\n    longer than its\n    column\n2   short                 10\n",
            TextTable.Draw(28, ["id", "~text", ">n"], [["1", "a text that is longer than its column", "7"], ["2", "short", "10"]]));

    [Fact]
    public void Table_TitleOfAProgram_IsNotReadAsMarks()
        => Assert.Equal("?column?\n1\n", RowsText.Table([Json("""{"?column?": "1"}""")], 80));

    [Theory]
    [InlineData("abc", 3)]
    [InlineData("漢字", 4)]
    [InlineData("e\u0301", 1)]
    [InlineData("👩", 2)]
    [InlineData("", 0)]
    public void Width_OfText_IsThatOfTheTerminal(string text, int width) => Assert.Equal(width, TextWidth.Of(text));

    private static IEnumerable<(string Command, string Text)> All(string value, string id, int? width) =>
    [
        ("show", new RowsView(Stage, null, mask: false).Draw([Row(value, id), Row(value, "2")], width)),
        ("show --property", new RowsView(Stage, "name", mask: false).Draw([Row(value, id), Row(value, "2")], width)),
        ("log", LogCommand.Draw([Logged(value, "completed", 10_000), Logged(value, "failed", 12_345_678)], width)),
        ("mapping", MappingCommand.Draw(DefinitionReader.Read(DemoDatabase.Definition).Definition!.Pipelines[0], width)),
        ("explain", StoryText.Draw(new RecordExplanation("companies", id, ["a.csv"], [Story(value, id)], []), width, all: true)),
        ("sql", RowsText.Table([Json($$"""{"legacy_company_id": {{JsonSerializer.Serialize(value)}}, "count": 12, "properties_to_update": {{JsonSerializer.Serialize(value)}}, "previous_values": {{JsonSerializer.Serialize(value)}}, "notes": null}""")], width)),
        ("stats", StatsText.Draw([Stats(value, id)], new StatsView(true, true, true, true, true, Mask: false), width)),
        ("changes", ChangesText.Draw(Changes(value, id), mask: false, width)),
        ("run", Run(value, id, width)),
    ];

    private static StageBlockDefinition Stage => DefinitionReader.Read(DemoDatabase.Definition).Definition!.Pipelines[3].Stage;

    private static string Row(string value, string id) => JsonSerializer.Serialize(new Dictionary<string, object?>
    {
        [Stage.LegacyId] = id,
        [Stage.HubspotId] = 13000001328,
        ["reconciliation_status"] = "matched",
        ["match_confidence"] = 100.00,
        ["match_rule"] = "legacy-id",
        ["properties_to_update"] = new Dictionary<string, string?> { ["name"] = value, ["phone"] = null },
        ["previous_values"] = new Dictionary<string, string?> { ["name"] = $"{value} - ancien", ["phone"] = "+33611223344" },
        ["notes"] = value,
    });

    private static LoggedRun Logged(string value, string outcome, long read) => new(
        "01a21aec-ee9c-7f65-82d7-7fc58c73478" + outcome[0],
        "communications",
        "2026-01-01T00:00:00Z",
        null,
        outcome,
        Partial: false,
        new BatchCounts { Read = read, Matched = read - 20, Rejected = 20 },
        12.5,
        "1",
        outcome == "failed" ? $"Nothing was published. {value}" : null)
    {
        Gates = outcome == "failed" ? ["maxRejects"] : [],
    };

    private static RecordStory Story(string value, string id) => new()
    {
        LegacyId = id,
        File = "bronze_layer/Bronze_Company.csv",
        Line = 2,
        ByteOffset = 273,
        Cells = [new StoryCell("Comp_CompanyId", id.Length > 60 ? "" : id), new StoryCell("Comp_Name", value), new StoryCell("Comp_Type", "Prospect tiède")],
        Outcome = "matched",
        HubspotId = 10000000647,
        Rule = "legacy-id",
        Confidence = 100,
        Notes = value,
        Lookups = [new LookupStory("legacy-id", "match", "hubspot.companies", [new StoryCell("icalps_company_id", value)], null, [10000000647, 10000000648, 10000000649], true, [], false)],
        Properties =
        [
            Property("name", value, value, $"{value} - ancien", VerdictKind.Change, "overwrite"),
            Property("zip", "69003", "69003", null, VerdictKind.Change, "overwrite"),
            Property("type", "Prospect tiède", null, "Customer", VerdictKind.ValueRejected, "unmapped"),
            Property("description", value, value, value + value, VerdictKind.KeptBack, WithheldRules.Truncated) with { CutAt = new TextLength(255, TextMeasure.Characters) },
            .. ((string[])["city", "state", "country", "domain", "website", "territory", "industry", "annualrevenue"])
                .Select(name => Property(name, value, value, value, VerdictKind.Same, "text")),
            Property("phone", null, null, "+33611223344", VerdictKind.LegacyEmpty, "keep"),
        ],
    };

    private static PropertyStory Property(string name, string? raw, string? converted, string? hubspot, VerdictKind verdict, string rule)
        => new(name, $"Comp_{name}", raw, [new ConversionStep("trim", converted, null, null)], converted, hubspot, verdict, rule, null);

    private static PipelineStats Stats(string value, string id)
    {
        var counts = new BatchCounts
        {
            Read = 10_000,
            ByReason = new() { ["id-malformed"] = 7, ["field-count"] = 5 },
            KeptBack = new() { ["description/truncated"] = 2 },
            Suppressed = new() { ["number"] = 325 },
        };
        counts.RejectedValues[new RejectedValue("type", "Comp_Type", "unmapped", value)] = 3;
        counts.RejectedValues[new RejectedValue("type", "Comp_Type", "unmapped", null)] = 2;
        counts.Withheld.Add(new WithheldSample("description", "truncated", id, value, value + value));
        return new PipelineStats(
            "communications",
            [new("matched", 8_756), new("unmatched", 1_198)],
            3_093,
            [new("hs_engagement_subject", 1_113)],
            counts,
            [new UnresolvedParent("company", id, 12)])
        {
            Warned = new WarnedRun("2026-01-01T00:00:00Z", "completed", [Damage(value).Text, "Another warning."]),
        };
    }

    private static RunWarning Damage(string value) => new(
        WarningKind.LostCharacters, $"12 values of Comp_Name hold U+FFFD: characters were lost before the export. Export them again from the source. {value}", "Comp_Name", 12);

    private static StagedChanges Changes(string value, string id) => new(
        "companies",
        255,
        94,
        [
            new PropertyChanges("numberofemployees", 21, 5, 0)
            {
                Transitions = [new Transition(null, value, 12, [id, "1020", "1034"]), new Transition($"{value} - ancien", value, 3, ["1049"])],
            },
        ]);

    private static string Run(string value, string id, int? width)
    {
        BatchCounts counts = MadeUpCounts.Millions;
        var former = new BatchCounts { Read = 29_000_000, Matched = 12_345_600, Unmatched = 12_345_678, WithChanges = 13_000_000 };
        RunReport report = new("communications", Guid.Empty, "completed", counts, TimeSpan.FromSeconds(1234.5), null, null)
        {
            Former = new FormerResult(1, former) { StartedAt = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) },
            Findings = RunFindings.None with { Values = [new RejectedValues("type", "Comp_Type", "unmapped", 12, 300, 288, value)] },
            Samples = [Sample(value, id)],
            Unmapped = [new UnmappedValue("type", "Comp_Type", value, 12, "Client", "Customer"), new UnmappedValue("type", "Comp_Type", null, 3, null, null)],
            Warnings =
            [
                Damage(value),
                new RunWarning(WarningKind.LostCharacters, "3 values …", "Comp_City", 3),
                .. Enumerable.Range(1, 12).Select(number => new RunWarning(WarningKind.NotFound, $"lookup {number} found nothing.")),
            ],
        };
        return new StringBuilder(RunSummary.Draw([report], width))
            .Append(RunSummary.Findings(report, mask: false, width))
            .Append(RunSummary.Samples(report, mask: false, width))
            .Append(RunSummary.Unmapped(report, mask: false, width))
            .AppendJoin('\n', WarningsText.Lines([report], width))
            .Append('\n').ToString();
    }

    private static RecordVerdict Sample(string value, string id) => new(
        2, id, 10000000647, "matched", "legacy-id", [10000000647], null, [new PropertyVerdict("name", value, value, $"{value} - ancien", VerdictKind.Change, "overwrite")]);

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
