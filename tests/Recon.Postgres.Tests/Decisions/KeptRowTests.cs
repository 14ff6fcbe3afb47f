using Recon.Dataflow.Batches;
using Recon.Postgres.Decisions;
using Recon.Postgres.Runs;
using Recon.Postgres.Tests.Runs;
using Recon.Postgres.Tests.Runs.Reruns;
using Recon.Testing;

namespace Recon.Postgres.Tests.Decisions;

/// <summary>Of rows with one legacy id that disagree, the one counts that somebody chose.</summary>
public sealed class KeptRowTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    [Theory]
    [InlineData(0, "name 4")]
    [InlineData(1, "other name")]
    public async Task Decide_ToKeepARow_IsWhatAWholeRunSays(int row, string name)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        string before = await world.ContentAsync();
        DecisionResult? result = await world.KeepAsync("4", row);

        Assert.Equal(DecisionState.Applied, result!.State);
        Assert.Equal(name, await ValueAsync(world, "legacy_name"));
        Assert.Equal("matched", await ValueAsync(world, "reconciliation_status"));
        Assert.Matches(
            $"^the file holds 2 rows with this id that differ in Name; line {result.Decision!.SourceLine} was kept as decided by Ada on ....-..-..",
            await ValueAsync(world, "notes"));
        string applied = await world.ContentAsync();
        Assert.Equal(DecisionState.Applied, (await world.UndoAsync("4")).State);
        Assert.Equal(before, await world.ContentAsync());
        await world.KeepAsync("4", row);
        Assert.Equal(applied, await world.ContentAsync());
        await world.RequireAsRunsSayAsync();
    }

    [Fact]
    public async Task Decide_ToKeepTheOtherRow_ReplacesTheChoice()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        await world.KeepAsync("4", 0);
        Assert.Equal(DecisionState.Applied, (await world.KeepAsync("4", 1))!.State);
        await world.RequireAsRunsSayAsync();
        Assert.Equal(DecisionState.Applied, (await world.KeepAsync("4", 0))!.State);
        await world.RequireAsRunsSayAsync();

        // What the conflict was is known to a run only.
        Assert.Equal(DecisionState.Recorded, (await world.UndoAsync("4")).State);
        Assert.Equal(("conflict", "{}"), (await ValueAsync(world, "reconciliation_status"), await ValueAsync(world, "properties_to_update::text")));
        await Deciding.RequireCountsAsync(world);
        await world.RunAsync();
        Assert.Equal("conflict", await ValueAsync(world, "reconciliation_status"));
    }

    [Fact]
    public async Task Decide_ToKeepARowAndAHubspotRecord_AppliesBoth()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        Assert.Equal(DecisionState.Applied, (await world.KeepAsync("4", 1, 5_000_000_003))!.State);
        Assert.Equal("decision", await ValueAsync(world, "match_rule"));
        await world.RequireAsRunsSayAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Decide_OneAfterTheOther_AppliesBoth(bool isRowFirst)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        DecisionResult? row = isRowFirst ? await world.KeepAsync("4", 1) : null;
        DecisionResult match = await world.DecideAsync("4", 5_000_000_003);
        row ??= await world.KeepAsync("4", 1);

        Assert.Equal((DecisionState.Applied, DecisionState.Applied), (row!.State, match.State));
        Assert.Equal(("other name", "decision", "matched"), (await ValueAsync(world, "legacy_name"), await ValueAsync(world, "match_rule"), await ValueAsync(world, "reconciliation_status")));
        await world.RequireAsRunsSayAsync();
        Assert.Equal("other name", await ValueAsync(world, "legacy_name"));
    }

    [Fact]
    public void Row_WithAFurtherMappedColumn_IsStillTheOne()
    {
        Dictionary<string, string> values = new() { ["Name"] = "a", ["Seen"] = "b" };
        var kept = new KeptRow(RecordHash.Of(values), "", new HashSet<string>(["name", "seen", "amount"], StringComparer.OrdinalIgnoreCase));

        Assert.True(kept.Is(values.Append(new("Parent", "c"))));
        Assert.False(kept.Is(values.Append(new("Amount", "1"))));
    }

    [Fact]
    public async Task Decide_ToKeepARowOfNoConflict_IsRefused()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        Assert.Equal(DecisionCodes.NoConflict, (await world.KeepAsync("3", 0))!.Code);
    }

    [Theory]
    [InlineData("name 4", "conflict")]
    [InlineData("changed", "conflict")]
    public async Task Run_KeptRowGone_JudgesWithoutTheDecisionAndSaysSo(string name, string status)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        await world.KeepAsync("4", 1);
        string text = await File.ReadAllTextAsync(world.CsvPath);
        await File.WriteAllTextAsync(world.CsvPath, text.Replace("\n 4,other name,", $"\n4,{name}!,", StringComparison.Ordinal));
        PipelineResult result = await world.RunAsync();

        Assert.Equal(status, await ValueAsync(world, "reconciliation_status"));
        Assert.Contains("the decision by Ada on", await ValueAsync(world, "notes"), StringComparison.Ordinal);
        Assert.Equal(new DecisionTally(0, 1, 0), result.Decisions);
    }

    [Theory]
    [InlineData(10, 2)]
    [InlineData(3, 4)]
    [InlineData(200, 1)]
    public async Task Run_WithKeptRows_BalancesAndStagesTheSame(int rows, int parallelism)
    {
        await using SmallWorld world = await Reruns.CreateAsync(server);
        await Reruns.CompleteAsync(world);
        await world.KeepAsync("4", 1);
        await world.KeepAsync("24", 0);
        await world.KeepAsync("44", 1, 5_000_000_003);
        (world.BatchRows, world.Parallelism) = (rows, parallelism);
        PipelineResult rerun = await Reruns.CompleteAsync(world);
        Assert.True(rerun.Counts.Balances);
        Assert.Equal(new DecisionTally(3, 0, 0), rerun.Decisions);
        await Reruns.RequireEqualToAWholeRunAsync(world, rerun);
    }

    private static Task<string?> ValueAsync(SmallWorld world, string column)
        => world.Database.QueryValueAsync<string>($"select {column} from staging.things where legacy_id = '4'");
}
