using Recon.Postgres.Decisions;
using Recon.Postgres.Tests.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Decisions;

/// <summary>Several decisions in one transaction, as an import makes them.</summary>
public sealed class DecidedTogetherTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    [Fact]
    public async Task Decide_ManyAtOnce_IsWhatAWholeRunSays()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        IReadOnlyList<DecisionResult> results = await world.DecideAllAsync(
            isPartial: false, [.. Enumerable.Range(8, 60).Select(id => ($"{id}", id % 3 == 0 ? (long?)null : 5_000_000_000 + (id % 10 == 6 ? id + 2 : id + 1)))]);

        Assert.Contains(results, result => result.State == DecisionState.Refused);
        Assert.Equal(0, await world.CountAsync("select count(*) from staging.reconciliation_decisions"));
        (string, long?)[] good = [.. results.Where(result => result.State != DecisionState.Refused).Select(result => (result.LegacyId, result.Decision!.HubspotId))];
        results = await world.DecideAllAsync(isPartial: false, good);
        Assert.All(results, result => Assert.Equal(DecisionState.Applied, result.State));
        Assert.InRange(results.Count, 20, 60);
        await world.RequireAsRunsSayAsync();
        Assert.All(await world.DecideAllAsync(isPartial: false, good), result => Assert.Equal(DecisionState.Unchanged, result.State));
    }

    [Fact]
    public async Task Decide_TwoThatSwap_IsNotRefused()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        await world.AppliedAsync("7", 5_000_000_012);
        await world.AppliedAsync("17", 5_000_000_013);
        IReadOnlyList<DecisionResult> results = await world.DecideAllAsync(isPartial: false, ("7", 5_000_000_013), ("17", 5_000_000_012));
        Assert.All(results, result => Assert.Equal(DecisionState.Applied, result.State));
        await world.RequireAsRunsSayAsync();
    }

    [Fact]
    public async Task Decide_SomeThatAreWrong_DecidesTheOthersIfWanted()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        (string, long?)[] wanted = [("30", 6_000_000_030), ("8", 4711), ("7", 5_000_000_012), ("17", 5_000_000_012), ("4711", null)];
        IReadOnlyList<DecisionResult> refused = await world.DecideAllAsync(isPartial: false, wanted);
        Assert.Equal(0, await world.CountAsync("select count(*) from staging.things where match_rule = 'decision'"));
        IReadOnlyList<DecisionResult> results = await world.DecideAllAsync(isPartial: true, wanted);

        Assert.Equal(refused.Select(result => result.Code), results.Select(result => result.Code));
        Assert.Equal(
            [null, DecisionCodes.HubspotGone, DecisionCodes.HubspotTaken, DecisionCodes.HubspotTaken, DecisionCodes.UnknownRecord], results.Select(result => result.Code));
        Assert.Equal(1, await world.CountAsync("select count(*) from staging.reconciliation_decisions"));
        Assert.Equal(1, await world.CountAsync("select count(*) from staging.reconciliation_decision_history where action = 'imported'"));
        await world.RequireAsRunsSayAsync();
    }
}
