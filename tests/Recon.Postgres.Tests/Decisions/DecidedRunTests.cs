using Recon.Dataflow.Topology;
using Recon.Postgres.Decisions;
using Recon.Postgres.Runs;
using Recon.Postgres.Runs.Live;
using Recon.Postgres.Staging;
using Recon.Postgres.Tests.Runs;
using Recon.Postgres.Tests.Runs.Reruns;
using Recon.Testing;

namespace Recon.Postgres.Tests.Decisions;

/// <summary>Runs obey decisions, however they come to their result.</summary>
public sealed class DecidedRunTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Decisions_AtRandom_AreAppliedAtOnceAsWholeRunsApplyThem(int seed)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 60);
        var decisions = new RandomDecisions(world, new Random(seed), 60);
        await world.RunAsync();
        for (int round = 0; round < 6; round++)
        {
            await decisions.MakeAsync();

            // Whose HubSpot record came back or went away is not known before a run looks.
            await world.RunAsync(request => request with { Full = true });
            await world.Database.ExecuteAsync("update hubspot.things set archived = false where hs_object_id < 7000000000");
            await world.RunAsync(request => request with { Full = true });
            await Deciding.RequireCountsAsync(world);
            int recorded = decisions.Recorded;
            for (int decision = 0; decision < 4 && decisions.Recorded == recorded; decision++)
            {
                await decisions.DecideAsync();
            }

            // What could not be applied at once is what a run has to do.
            if (decisions.Recorded == recorded)
            {
                await world.RequireAsRunsSayAsync();
            }
        }

        Assert.InRange(decisions.Recorded, 0, 3);

        Assert.InRange(decisions.Applied, 10, int.MaxValue);
    }

    [Fact]
    public async Task Run_ByAnyStrategyParallelismAndBatchSize_StagesTheSame()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await SetUpAsync(world);
        HashSet<string> contents = [];
        foreach ((string strategy, int parallelism, int rows) in ((string, int, int)[])[("any", 1, 10), ("any", 4, 3), ("cache", 2, 50), ("auto", 2, 7)])
        {
            (world.Strategy, world.Parallelism, world.BatchRows) = (strategy, parallelism, rows);
            PipelineResult result = await world.RunAsync(request => request with { Full = true });
            Assert.Null(result.Fault);
            Assert.Equal(new DecisionTally(3, 1, 1), result.Decisions);
            Assert.Single(result.Warned, warning => warning.Kind == WarningKind.Decisions);
            contents.Add(await world.ContentAsync());
        }

        Assert.Single(contents);
        Assert.Equal(
            """{"unused": 1, "applied": 3, "refused": 1}""",
            await world.Database.QueryValueAsync<string>("select (details -> 'decisions')::text from staging.reconciliation_log order by started_at desc limit 1"));
    }

    [Fact]
    public async Task DryRun_WithDecisions_CountsAsARun()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        DryRunResult before = await world.DryRunAsync();
        await world.AppliedAsync("30", 6_000_000_030);
        await world.AppliedAsync("7", 5_000_000_012);
        DryRunResult after = await world.DryRunAsync();

        Assert.Equal((before.Counts.Matched + 1, before.Counts.Unmatched - 1), (after.Counts.Matched, after.Counts.Unmatched));
        Assert.Equal(2, after.Counts.Remarks["decision/applied"]);
    }

    [Fact]
    public async Task Run_OfSomeIds_ObeysTheirDecisionsOnly()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await SetUpAsync(world);
        PipelineResult result = await world.RunAsync(request => request with { Ids = new HashSet<string> { "30", "12" } });

        Assert.Equal(new DecisionTally(1, 0, 0), result.Decisions);
        Assert.Equal((2, 1), (result.Counts.Matched + result.Counts.Ambiguous, result.Counts.Matched));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_WithDecisionsMadeMeanwhile_PublishesThem(bool isWhole)
    {
        await using SmallWorld world = isWhole ? await SmallWorld.CreateAsync(server) : await Reruns.CreateAsync(server);
        await world.RunAsync();
        var begun = new Begun();
        (world.Pause, world.Progress) = (new ReadingPause(), begun);
        world.Pause.Toggle();
        Task<PipelineResult> running = world.RunAsync();
        await begun.Task;
        await world.AppliedAsync("30", 6_000_000_030);
        await world.AppliedAsync("7", 5_000_000_012);
        await world.AppliedAsync("20", null);
        await world.UndoAsync("20");
        world.Pause.Toggle();
        PipelineResult result = await running;

        // A run of changes does not know these rows: it starts over.
        Assert.Null(result.Fault);
        Assert.Equal(!isWhole, world.HasSaid("the published rows are not those that were published"));
        Assert.Equal(new DecisionTally(2, 0, 0), result.Decisions);
        Assert.Equal(2, await world.CountAsync("select count(*) from staging.things where match_rule = 'decision'"));
        await Deciding.RequireCountsAsync(world);
        Assert.Equal(result.Counts.Matched, await world.CountAsync("select count(*) from staging.things where reconciliation_status = 'matched'"));
        await world.RequireAsRunsSayAsync();
    }

    [Fact]
    public async Task Run_ResumedAfterDecisionsChanged_StagesWhatAWholeRunStages()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        await world.AppliedAsync("30", 6_000_000_030);
        await world.AppliedAsync("3", null);
        await world.RefuseLaterBatchesAsync();
        PipelineResult broken = await world.RunAsync(request => request with { Full = true });
        Assert.True(broken.Resumable);
        await world.UndoAsync("3");
        await world.UndoAsync("30");
        await world.AppliedAsync("5", 5_000_000_005);
        await world.AppliedAsync("90", null);
        await world.AcceptBatchesAsync();
        PipelineResult resumed = await world.RunAsync(request => request with { Resume = true });

        Assert.Null(resumed.Fault);
        Assert.Equal(broken.RunId, resumed.RunId);
        await world.RequireAsRunsSayAsync();
    }

    [Fact]
    public async Task Run_WithDecisionsInARunOfChanges_WritesOnlyTheirRecords()
    {
        await using SmallWorld world = await Reruns.CreateAsync(server);
        await Reruns.CompleteAsync(world);
        PipelineResult before = await Reruns.CompleteAsync(world);
        await world.AppliedAsync("7", 5_000_000_012);
        PipelineResult rerun = await Reruns.CompleteAsync(world);

        Assert.Equal((RunWay.Changes, Reruns.Level2), (rerun.Way!.Name, rerun.Way.Reason));
        Assert.InRange(rerun.Written!.Value - before.Written!.Value, 2, 2);
        PipelineResult again = await Reruns.CompleteAsync(world);
        Assert.Equal((rerun.Written, rerun.Skipped), (again.Written, again.Skipped));
        await world.UndoAsync("7");
        await Reruns.CompleteAsync(world);
        PipelineResult last = await Reruns.CompleteAsync(world);
        Assert.Equal((before.Written, before.Skipped), (last.Written, last.Skipped));
        await Reruns.RequireEqualToAWholeRunAsync(world, last);
    }

    private sealed class Begun : IRunProgress
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Task => _begun.Task;

        public void Started(RunWatch run) => _begun.TrySetResult();

        public void Finished(RunWatch run) => _begun.TrySetResult();
    }

    [Fact]
    public async Task Decide_AfterARunOfAnEarlierVersion_IsRecordedAndAppliedByTheNextRun()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        string before = await world.ContentAsync();
        await world.Database.ExecuteAsync("update staging.reconciliation_log set input_facts = null");
        Assert.Equal(DecisionCodes.HubspotGone, (await world.DecideAsync("30", 4711)).Code);
        DecisionResult result = await world.DecideAsync("30", 6_000_000_030);

        Assert.Equal(DecisionState.Recorded, result.State);
        Assert.Contains("the next run applies it: the run that staged it did not note", result.Message, StringComparison.Ordinal);
        Assert.Equal(before, await world.ContentAsync());
        await world.RunAsync();
        Assert.Equal(1, await world.CountAsync("select count(*) from staging.things where match_rule = 'decision'"));
    }

    [Fact]
    public async Task Decide_TwoAtTheSameTime_OneIsRefused()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        DecisionResult[] results = await Task.WhenAll(
            world.DecideAsync("7", 5_000_000_012), world.DecideAsync("17", 5_000_000_012), world.DecideAsync("27", 5_000_000_012), world.DecideAsync("37", 5_000_000_012));

        Assert.Single(results, result => result.State == DecisionState.Applied);
        Assert.Equal(3, results.Count(result => result.Code == DecisionCodes.HubspotTaken));
        await world.RequireAsRunsSayAsync();
    }

    [Fact]
    public async Task Decide_AboutARecordOfAPartialRun_KeepsBothLogsRight()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        await world.RunAsync(request => request with { Ids = new HashSet<string> { "30" } });
        await world.AppliedAsync("30", 6_000_000_030);
        await world.AppliedAsync("12", null);

        Assert.Equal(
            "1 0",
            await world.Database.QueryValueAsync<string>("select concat_ws(' ', matched, ambiguous) from staging.reconciliation_log where partial"));
        await world.RunAsync(request => request with { Full = true });
        await Deciding.RequireCountsAsync(world);
    }

    // Three that are applied, one that is refused, one about a record that is filtered.
    private static async Task SetUpAsync(SmallWorld world)
    {
        await world.RunAsync();
        await world.AppliedAsync("30", 6_000_000_030);
        await world.AppliedAsync("7", 5_000_000_012);
        await world.AppliedAsync("21", null);
        await world.AppliedAsync("22", 5_000_000_023);
        await world.AppliedAsync("19", null);
        await world.Database.ExecuteAsync("update hubspot.things set archived = true where hs_object_id = 5000000023");
        string text = await File.ReadAllTextAsync(world.CsvPath);
        await File.WriteAllTextAsync(world.CsvPath, text.Replace("\n19,name 19,", "\n191,name 19,", StringComparison.Ordinal));
    }
}
