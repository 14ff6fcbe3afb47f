using System.Text.Json;
using Recon.Cli.Rendering;
using Recon.Cli.Tests.Support;
using Recon.Postgres.Queries;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

public sealed class DiffCommandTests(PostgresServer server)
{
    [Fact]
    public async Task Diff_LastTwoRuns_TellsTheRecordsThatDiffer()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = TempFolder.WithDefinition();
        string input = folder.File("companies.csv");
        string[] lines = await File.ReadAllLinesAsync(Repository.Shipped("Bronze_Company.csv"), TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(input, lines, TestContext.Current.CancellationToken);
        CliRun first = await database.ReconAsync("run", "companies", "--quiet", "--input", input);
        await File.WriteAllLinesAsync(input, lines.Where(line => !line.StartsWith("1001,", StringComparison.Ordinal)), TestContext.Current.CancellationToken);
        await database.ExecuteAsync("update hubspot.companies set numberofemployees = 77 where icalps_company_id::text = '1003'");
        CliRun second = await database.ReconAsync("run", "companies", "--quiet", "--input", input);
        Assert.True(first.ExitCode == 0 && second.ExitCode == 0, first.Error + second.Error);

        JsonElement diff = JsonDocument.Parse((await database.ReconAsync("diff", "--json")).Out).RootElement;
        JsonElement companies = diff.GetProperty("pipelines")[0];
        string to = companies.GetProperty("to").GetProperty("run_id").GetString()!;
        CliRun text = await database.ReconAsync("diff", to[^8..], "--pipeline", "companies");

        Assert.Equal("companies", companies.GetProperty("pipeline").GetString());
        Assert.Equal(["contacts", "deals", "communications"], diff.GetProperty("not_compared").EnumerateArray().Select(each => each.GetProperty("pipeline").GetString()));
        Assert.Equal(1, companies.GetProperty("gone").GetInt64());
        JsonElement gone = companies.GetProperty("records").EnumerateArray().Single(record => record.GetProperty("legacy_id").GetString() == "1001");
        Assert.Equal(("legacy", JsonValueKind.Null), (gone.GetProperty("cause").GetString(), gone.GetProperty("after").ValueKind));
        JsonElement moved = companies.GetProperty("records").EnumerateArray().Single(record => record.GetProperty("legacy_id").GetString() == "1003");
        Assert.Equal("hubspot", moved.GetProperty("cause").GetString());
        Assert.Equal("77", moved.GetProperty("after").GetProperty("previous").GetProperty("numberofemployees").GetString());
        Assert.Equal(0, text.ExitCode);
        Assert.Matches("companies: [0-9]+ records? differs?: 1 gone, ", text.Out);
        Assert.Contains("1001: gone, was matched (the legacy row)", text.Out, StringComparison.Ordinal);
        Assert.Matches("numberofemployees: .* → .*becomes", text.Out);
        Assert.DoesNotContain("77", (await database.ReconAsync("diff", "--pipeline", "companies", "--mask")).Out.Split("1003:")[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Diff_RunsThatCannotBeCompared_ExitsWith2AndSaysWhich()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await database.ReconAsync("run", "companies", "--quiet");
        string id = JsonDocument.Parse((await database.ReconAsync("log", "--json")).Out).RootElement.GetProperty("runs")[0].GetProperty("run_id").GetString()!;

        CliRun alone = await database.ReconAsync("diff");
        Assert.Equal(0, alone.ExitCode);
        Assert.Contains("companies: Only one run of it was published", alone.Out, StringComparison.Ordinal);
        Assert.Contains("deals: ", alone.Out, StringComparison.Ordinal);
        foreach ((string[] args, string message) in ((string[], string)[])
        [
            (["diff", "nope"], "No run 'nope' published a result of companies, contacts, deals, communications. 'recon log' lists the runs"),
            (["diff", ""], "No run '' published a result"),
            (["diff", id, id[..13]], $"Both name run {id}"),
            (["diff", id, "--pipeline", "companies"], "Only one run of it was published"),
            (["diff", "--limit", "-1"], "at least 0"),
        ])
        {
            CliRun run = await database.ReconAsync(args);
            Assert.Equal(2, run.ExitCode);
            Assert.Contains(message, run.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public void Draw_ManyDifferences_KeepsToTheWidth(int width)
    {
        string[] ids = ["1001", "1002", "1003"];
        var difference = new RunDifference(
            "communications",
            new ComparedRun(Guid.Parse("01a21ca9-e6a1-7d11-9bde-abc7206b7115"), "2026-11-26T11:00:27Z"),
            new ComparedRun(Guid.Parse("01a21ca9-f4b4-7655-9a20-8ae05866097d"), "2026-11-27T11:00:30Z"),
            1_000_000,
            12_345,
            [new StatusDifference("unmatched", "matched", 12_000, ids, []), new StatusDifference(null, "matched", 340, ids, []), new StatusDifference("matched", null, 1, ["7"], [])],
            [new PropertyDifference("hs_communication_logged_from", 12_000, 3, 1, 1, ids)],
            [new CauseOfDifference(CauseOfDifference.Hubspot, 12_004, ids), new CauseOfDifference(CauseOfDifference.Legacy, 341, ids)],
            [
                new DifferingRecord(
                    "1001",
                    CauseOfDifference.Hubspot,
                    new RecordOutcome("unmatched", null, new Dictionary<string, string?>(), new Dictionary<string, string?>()),
                    new RecordOutcome("matched", 5_000_000_001, new Dictionary<string, string?> { ["hs_timestamp"] = "2024-01-01T10:00:00Z" }, new Dictionary<string, string?> { ["hs_timestamp"] = "" })),
            ]);

        string text = DiffText.Draw(difference, mask: false, width);

        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= width, line));
        Assert.Contains("12,345 records differ: 340 new, 1 gone, 12,000 with another status, 4 with other changes (1,000,000 in the later result) from", string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Contains("1001: unmatched → matched (HubSpot)\n  HubSpot record: (nothing)  →  5000000001\n", text, StringComparison.Ordinal);
        Assert.Contains("and 12,344 more records: --limit shows more.", text, StringComparison.Ordinal);
    }
}
