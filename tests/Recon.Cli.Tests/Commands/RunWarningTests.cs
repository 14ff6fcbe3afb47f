using System.Text.Json;
using Recon.Cli.Rendering;
using Recon.Cli.Tests.Support;
using Recon.Dataflow.Batches;
using Recon.Postgres.Runs;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

/// <summary>Warnings come last, in few lines, and all of them are kept; and a run says what differs from the one before.</summary>
public sealed class RunWarningTests(PostgresServer server)
{
    [Fact]
    public void Lines_Few_AreTheMostImportantFirstAndThoseOfOneKindAreOne()
        => Assert.Equal(
            [
                "deals: The mirror changed.",
                "deals: 9 values of B hold U+FFFD. The same in 2 more columns: A (2), contacts C (1).",
                "deals: Repaired.",
            ],
            WarningsText.Lines(
                [
                    Report("deals", new(WarningKind.Repaired, "Repaired."), Lost("A", 2), Lost("B", 9), new(WarningKind.MirrorChanged, "The mirror changed.")),
                    Report("contacts", Lost("C", 1)),
                ],
                null));

    [Theory]
    [InlineData(10, 10, null)]
    [InlineData(11, 10, "and 2 more warnings: 'recon stats --warnings' lists all")]
    [InlineData(500, 10, "and 491 more warnings: 'recon stats --warnings' lists all")]
    public void Lines_Many_AreTenAtMostAndTheRestIsCounted(int count, int lines, string? last)
    {
        IReadOnlyList<string> told = WarningsText.Lines(
            [Report("deals", [.. Enumerable.Range(1, count).Select(number => new RunWarning(WarningKind.NotFound, $"lookup {number}"))])], null);

        Assert.Equal(lines, told.Count);
        Assert.Equal(last ?? $"deals: lookup {count}", told[^1]);
    }

    [Fact]
    public void Lines_OnATerminal_AreTenOfTheTerminal()
    {
        string text = string.Join(' ', Enumerable.Repeat("word", 60));

        IReadOnlyList<string> told = WarningsText.Lines(
            [Report("deals", [.. Enumerable.Range(1, 9).Select(number => new RunWarning(WarningKind.NotFound, $"{number} {text}"))])], 80);

        Assert.InRange(told.Count, 2, 10);
        Assert.Equal("and 8 more warnings: 'recon stats --warnings' lists all", told[^1]);
    }

    [Fact]
    public async Task Stats_Warnings_ListsThoseOfTheLastRunWithoutValues()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);

        CliRun none = await database.ReconAsync("setup");
        CliRun before = await database.ReconAsync("stats", "communications", "--warnings");
        CliRun run = await database.ReconAsync("run", "communications", "--json");
        CliRun text = await database.ReconAsync("stats", "communications", "--warnings");
        CliRun json = await database.ReconAsync("stats", "communications", "--warnings", "--json");
        CliRun without = await database.ReconAsync("stats", "communications", "--json");

        Assert.Equal((0, 0, 0, 0), (none.ExitCode, before.ExitCode, run.ExitCode, text.ExitCode));
        Assert.Contains("communications: no run has ended yet", before.Out, StringComparison.Ordinal);
        string[] told = Strings(JsonDocument.Parse(run.Out).RootElement.GetProperty("runs")[0].GetProperty("warnings"));
        string[] kept = Strings(Pipeline(json).GetProperty("warnings"));
        Assert.True(told.Length > 1);
        Assert.Equal(told.Order(StringComparer.Ordinal), kept.Order(StringComparer.Ordinal));
        Assert.All(kept, warning => Assert.Contains($"  {warning}\n", text.Out.ReplaceLineEndings("\n"), StringComparison.Ordinal));
        Assert.StartsWith($"communications: {kept.Length} warnings of the run of ", text.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("property to update", text.Out, StringComparison.Ordinal);
        Assert.False(Pipeline(without).TryGetProperty("warnings", out _));
        Assert.Equal(
            JsonDocument.Parse(run.Out).RootElement.GetProperty("runs")[0].GetProperty("rejects").ToString(),
            Pipeline(without).GetProperty("rejects").ToString());
    }

    [Fact]
    public async Task Run_LogsInJson_EachWarningIsAnEvent()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);

        CliRun run = await database.ReconAsync("run", "companies", "deals", "--json", "--log-format", "json");

        string[] texts =
        [
            .. run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).SelectMany(line => JsonDocument.Parse(line).RootElement.EnumerateObject())
                .Where(member => member.Value.ValueKind == JsonValueKind.String).Select(member => member.Value.GetString()!),
        ];
        JsonElement[] runs = [.. JsonDocument.Parse(run.Out).RootElement.GetProperty("runs").EnumerateArray()];
        Assert.Equal(2, runs.Length);
        Assert.All(runs, one => Assert.All(
            Strings(one.GetProperty("warnings")),
            warning => Assert.Contains(texts, text => text.Contains(warning, StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Stats_WarningsOfARefusedRun_AreKeptToo()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);

        CliRun run = await database.ReconAsync("run", "companies", "--max-rejects", "0");
        CliRun json = await database.ReconAsync("stats", "companies", "--warnings", "--json");

        Assert.Equal(3, run.ExitCode);
        Assert.NotEmpty(Strings(Pipeline(json).GetProperty("warnings")));
    }

    [Fact]
    public async Task Run_Again_SaysWhatDiffersFromTheRunBefore()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);

        CliRun first = await database.ReconAsync("run", "companies");
        CliRun same = await database.ReconAsync("run", "companies");
        await database.ExecuteAsync("update hubspot.companies set icalps_company_id = null where icalps_company_id::text = '1001'");
        CliRun less = await database.ReconAsync("run", "companies");
        CliRun json = await database.ReconAsync("run", "companies", "--json");
        CliRun partial = await database.ReconAsync("run", "companies", "--limit", "10", "--json");

        Assert.DoesNotContain("since the run", first.Out, StringComparison.Ordinal);
        Assert.Contains("companies: the same counts as in the run of ", same.Out, StringComparison.Ordinal);
        Assert.Matches(@"companies: since the run of 20[0-9-]{8} [0-9:]{8} UTC: matched −1 \(254\), unmatched \+1 \(25\), with changes −1 \(93\)\n", less.Out.ReplaceLineEndings("\n"));
        JsonElement former = JsonDocument.Parse(json.Out).RootElement.GetProperty("runs")[0].GetProperty("former");
        Assert.Equal((254, 25), (former.GetProperty("matched").GetInt32(), former.GetProperty("unmatched").GetInt32()));
        Assert.False(JsonDocument.Parse(partial.Out).RootElement.GetProperty("runs")[0].TryGetProperty("former", out _));
    }

    [Fact]
    public async Task Run_Summary_TellsRejectsByReasonAndQuietTellsNoWarning()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);

        CliRun run = await database.ReconAsync("run", "companies", "--quiet");

        Assert.Contains("companies: rejected 3 id-malformed, 2 field-count, 1 id-missing, 1 stray-quote, 1 text-after-quote\n", run.Out.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal("", run.Error);
    }

    private static RunWarning Lost(string column, long count) => new(WarningKind.LostCharacters, $"{count} values of {column} hold U+FFFD.", column, count);

    private static RunReport Report(string pipeline, params RunWarning[] warnings)
        => new(pipeline, null, "completed", new BatchCounts(), TimeSpan.Zero, null, null) { Warnings = warnings };

    private static JsonElement Pipeline(CliRun run) => JsonDocument.Parse(run.Out).RootElement.GetProperty("pipelines")[0];

    private static string[] Strings(JsonElement array) => [.. array.EnumerateArray().Select(each => each.GetString()!)];
}
