using Npgsql;
using Recon.Dataflow.Topology;
using Recon.Postgres.Runs;
using Recon.Postgres.Runs.Live;
using Recon.Postgres.Staging;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs.Live;

public sealed class RunningRunsTests(PostgresServer server)
{
    private const string Id = "01a21ab9-0f5e-7000-8000-000000000001";

    [Fact]
    public async Task List_ARun_TellsItsProgressFromHeartbeatToHeartbeat()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, records: 300);
        ReadingPause pause = world.Pause = new();
        pause.Toggle();
        world.Tuning = new RunTuning { Lease = new LeaseTiming { Beat = TimeSpan.FromMilliseconds(20) } };

        Task<PipelineResult> running = world.RunAsync();
        RunningRun paused = await FindAsync(world, run => run.Progress is { Phase: "reading", Paused: true });
        pause.Toggle();
        PipelineResult result = await running;

        Assert.Equal(("staging", "things", RunHolder.Describe(), false), (paused.Schema, paused.Pipeline, paused.Holder, paused.IsStale));
        Assert.Equal(result.RunId, paused.Progress!.RunId);
        Assert.Equal(0, paused.Progress.Account.Read);
        Assert.Equal(6, paused.Progress.Blocks.Count);
        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Empty((await ListAsync(world)).Runs);
    }

    [Fact]
    public async Task List_ARunThatWaitsForAReader_NamesTheReadersSession()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, records: 30);
        await world.RunAsync();
        world.Tuning = new RunTuning { Lease = new LeaseTiming { Beat = TimeSpan.FromMilliseconds(20) } };
        await using NpgsqlConnection reader = new(new NpgsqlConnectionStringBuilder(world.Database.ConnectionString)
        {
            ApplicationName = "a report",
            Pooling = false,
        }.ConnectionString);
        await reader.OpenAsync(TestContext.Current.CancellationToken);
        await using (NpgsqlCommand read = new("begin; select count(*) from staging.things", reader))
        {
            await read.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        Task<PipelineResult> running = world.RunAsync();
        RunningRun waiting = await FindAsync(
            world, run => run.Progress?.WaitsFor?.EndsWith($"session {reader.ProcessID} holds (a report, idle in transaction)", StringComparison.Ordinal) == true);
        await reader.CloseAsync();

        Assert.Equal(RunOutcome.Completed, (await running).Outcome);
        Assert.Equal("publishing", waiting.Progress!.Phase);
    }

    [Fact]
    public async Task List_SeveralRuns_TellsEach()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, records: 30);
        await world.RunAsync();
        await HoldAsync(world, "other", "now()", "null");
        await HoldAsync(world, "things", "now()", Told(7));

        IReadOnlyList<RunningRun> runs = (await ListAsync(world)).Runs;

        Assert.Equal(["other", "things"], runs.Select(run => run.Pipeline).Order());
        Assert.Equal([null, "folding"], runs.OrderBy(run => run.Pipeline).Select(run => run.Progress?.Phase));
    }

    [Fact]
    public async Task List_WhatAFormerHolderTold_IsNotThatOfTheNextOne()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, records: 30);
        await world.RunAsync();
        await HoldAsync(world, "things", "now()", Told(6));

        Assert.Null(Assert.Single((await ListAsync(world)).Runs).Progress);
    }

    [Fact]
    public async Task List_NoSignOfLife_IsStale()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, records: 30);
        await world.RunAsync();
        await HoldAsync(world, "things", "now() - interval '1 minute'", "null");

        Assert.True(Assert.Single((await ListAsync(world)).Runs).IsStale);
    }

    [Fact]
    public async Task List_LeasesOfAnEarlierVersion_HaveNoProgressUntilTheNextRun()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, records: 30);
        await world.RunAsync();
        await world.Database.ExecuteAsync("alter table staging.reconciliation_lease drop column progress");
        await world.Database.ExecuteAsync(
            $"insert into staging.reconciliation_lease values ('other', '{Id}', 1, 'somebody', 1, now(), now())");

        Assert.Equal("somebody", Assert.Single((await ListAsync(world)).Runs).Holder);
        await world.ClearAsync();
        Assert.Equal(RunOutcome.Completed, (await world.RunAsync()).Outcome);
        Assert.Equal(1, await world.CountAsync(
            "select count(*) from information_schema.columns where table_name = 'reconciliation_lease' and column_name = 'progress'"));
    }

    [Fact]
    public async Task List_SchemaThatIsClosed_IsNamed()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, records: 30);
        await world.RunAsync();
        string role = $"reader_{Guid.NewGuid():N}";
        await world.Database.ExecuteAsync($"create role {role} login");

        (IReadOnlyList<RunningRun> runs, IReadOnlyList<string> closed) = await ListAsync(world, $"-c role={role}");
        await world.Database.ExecuteAsync($"drop role {role}");

        Assert.Empty(runs);
        Assert.StartsWith("staging: its runs are not shown, because this role", Assert.Single(closed), StringComparison.Ordinal);
    }

    private static string Told(int epoch)
        => $$"""'{"epoch": {{epoch}}, "run": {"pipeline": "things", "run_id": "{{Id}}", "phase": "folding"} }'""";

    private static Task HoldAsync(SmallWorld world, string pipeline, string beat, string progress) => world.Database.ExecuteAsync($"""
        insert into staging.reconciliation_lease values ('{pipeline}', '{Id}', 7, 'somebody', 1, now(), {beat}, {progress})
        on conflict (pipeline) do update set run_id = excluded.run_id, epoch = 7, holder = 'somebody', acquired_at = now(),
            heartbeat_at = excluded.heartbeat_at, progress = excluded.progress
        """);

    private static async Task<RunningRun> FindAsync(SmallWorld world, Func<RunningRun, bool> condition)
    {
        RunningRun? found = null;
        await Until.TrueAsync(
            "the run's progress",
            async () => (found = (await ListAsync(world)).Runs.FirstOrDefault(condition)) is not null,
            TestContext.Current.CancellationToken);
        return found!;
    }

    private static async Task<(IReadOnlyList<RunningRun> Runs, IReadOnlyList<string> Closed)> ListAsync(SmallWorld world, string? options = null)
    {
        NpgsqlConnectionStringBuilder builder = new(world.Database.ConnectionString) { Options = options, Pooling = false };
        await using NpgsqlConnection connection = new(builder.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return await RunningRuns.ListAsync(connection, TestContext.Current.CancellationToken);
    }
}
