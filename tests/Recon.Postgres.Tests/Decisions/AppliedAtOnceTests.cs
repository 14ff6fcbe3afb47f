using Recon.Postgres.Decisions;
using Recon.Postgres.Tests.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Decisions;

/// <summary>A decision rewrites the published row at once, as the next whole run writes it.</summary>
public sealed class AppliedAtOnceTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    [Fact]
    public async Task Decide_AnAmbiguousRecord_IsWhatAWholeRunSays()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        Assert.Equal("ambiguous", await StatusAsync(world, "30"));
        await world.AppliedAsync("30", 6_000_000_030);

        Assert.Equal("matched 6000000030 decision 100.00", await StoryAsync(world, "30"));
        Assert.Equal(1, await world.CountAsync("select count(*) from staging.things where legacy_id = '30' and properties_to_update ->> 'name' = 'name 30'"));
        await world.RequireAsRunsSayAsync();
        Assert.Equal("matched 6000000030 decision 100.00", await StoryAsync(world, "30"));
    }

    [Fact]
    public async Task Decide_NoHubspotRecord_IsUnmatchedByDecision()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        await world.AppliedAsync("12", null);

        Assert.Equal("unmatched decision 100.00", await StoryAsync(world, "12"));
        await world.RequireAsRunsSayAsync();
    }

    [Fact]
    public async Task Decide_OnTheRecordOfAnother_TakesItFromIt()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        await world.AppliedAsync("7", 5_000_000_012);

        Assert.Equal("matched 5000000012 decision 100.00", await StoryAsync(world, "7"));
        Assert.Equal("ambiguous", await StatusAsync(world, "12"));
        await world.RequireAsRunsSayAsync();

        Assert.Equal(DecisionState.Applied, (await world.UndoAsync("7")).State);
        Assert.Equal("matched", await StatusAsync(world, "12"));
        Assert.Equal("unmatched", await StatusAsync(world, "7"));
        await world.RequireAsRunsSayAsync();
    }

    [Fact]
    public async Task Decide_AboutAConflict_LeavesItOne()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        Assert.Equal("conflict", await StatusAsync(world, "4"));
        await world.AppliedAsync("4", 5_000_000_003);
        await world.RequireAsRunsSayAsync();
        await world.UndoAsync("4");
        await world.RequireAsRunsSayAsync();
    }

    [Fact]
    public async Task Decide_WhatCannotBe_IsRefusedAndChangesNothing()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        Assert.Equal(DecisionCodes.NoResult, (await world.DecideAsync("12", 5_000_000_012)).Code);
        await world.RunAsync();
        string before = await world.ContentAsync();

        Assert.Equal(DecisionCodes.UnknownRecord, (await world.DecideAsync("4711", 5_000_000_012)).Code);
        Assert.Equal(DecisionCodes.HubspotGone, (await world.DecideAsync("12", 4711)).Code);
        Assert.Equal(DecisionCodes.HubspotGone, (await world.DecideAsync("6", 7_000_000_006)).Code);
        Assert.Equal(DecisionCodes.NotDecided, (await world.UndoAsync("12")).Code);
        Assert.Equal(DecisionCodes.RecordChanged, (await world.DecideAsync("12", DecisionKind.NoMatch, change: request => request with { Hash = "0" })).Code);
        await world.AppliedAsync("7", 5_000_000_012);
        Assert.Equal(DecisionCodes.HubspotTaken, (await world.DecideAsync("8", 5_000_000_012)).Code);
        await world.UndoAsync("7");

        Assert.Equal(before, await world.ContentAsync());
        Assert.Equal(0, await world.CountAsync("select count(*) from staging.reconciliation_decisions"));
        Assert.Equal(2, await world.CountAsync("select count(*) from staging.reconciliation_decision_history"));
    }

    [Fact]
    public async Task Run_WithADecisionOnARecordThatIsGone_JudgesWithoutItAndSaysSo()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        await world.AppliedAsync("7", 6_000_000_030);
        await world.Database.ExecuteAsync("delete from hubspot.things where hs_object_id = 6000000030");
        await world.RunAsync();

        Assert.Equal("unmatched", await StatusAsync(world, "7"));
        Assert.Equal(
            1, await world.CountAsync("select count(*) from staging.things where legacy_id = '7' and notes like 'the decision by Ada on % is refused: HubSpot record 6000000030 is gone%'"));
        await world.Database.ExecuteAsync("insert into hubspot.things values (6000000030, null, 'back', 1, null, false)");
        await world.RunAsync();
        Assert.Equal("matched 6000000030 decision 100.00", await StoryAsync(world, "7"));
    }

    private static Task<string?> StatusAsync(SmallWorld world, string id)
        => world.Database.QueryValueAsync<string>($"select reconciliation_status from staging.things where legacy_id = '{id}'");

    private static Task<string?> StoryAsync(SmallWorld world, string id)
        => world.Database.QueryValueAsync<string>(
            $"select concat_ws(' ', reconciliation_status, hubspot_id, match_rule, match_confidence) from staging.things where legacy_id = '{id}'");
}
