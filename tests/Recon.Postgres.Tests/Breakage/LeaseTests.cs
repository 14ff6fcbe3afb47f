using Npgsql;
using Recon.Postgres.Connections;
using Recon.Postgres.Faults;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;
using Recon.Postgres.Tests.Runs;
using Recon.Testing;


namespace Recon.Postgres.Tests.Breakage;

public sealed class LeaseTests(PostgresServer server)
{
    private static readonly StagingTables s_tables = new("staging");
    private static readonly LeaseTiming s_timing = new() { Beat = TimeSpan.FromMilliseconds(50), Expiry = TimeSpan.FromSeconds(30) };

    [Fact]
    public async Task Take_HeldByALiveRun_NamesHolderAndSince()
    {
        await using LeaseRig rig = await LeaseRig.CreateAsync(server);
        Lease first = await rig.TakeAsync("anna@here, process 1");

        PipelineHeldException held = await Assert.ThrowsAsync<PipelineHeldException>(() => rig.TakeAsync("bob@there, process 2"));

        Assert.Contains("anna@here, process 1", held.Message, StringComparison.Ordinal);
        Assert.Contains(first.Run.RunId.ToString(), held.Message, StringComparison.Ordinal);
        Assert.Matches(@"since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", held.Message);
    }

    [Fact]
    public async Task Take_TheSameRunAgain_IsItsOwn()
    {
        await using LeaseRig rig = await LeaseRig.CreateAsync(server);
        var run = Guid.CreateVersion7();
        Lease first = await rig.TakeAsync("a", run);

        Lease again = await rig.TakeAsync("a", run);

        Assert.Equal(first.Run.Epoch + 1, again.Run.Epoch);
    }

    [Fact]
    public async Task Take_TheSameRunByAnotherProcess_IsForWhoTakesItsPlaceOnly()
    {
        await using LeaseRig rig = await LeaseRig.CreateAsync(server);
        var run = Guid.CreateVersion7();
        await rig.TakeAsync("first", run);

        DateTime takenOver = await rig.Database.QueryValueAsync<DateTime>("select clock_timestamp()");
        Lease successor = await rig.TakeAsync("successor", run, takenOverAt: takenOver);
        PipelineHeldException held = await Assert.ThrowsAsync<PipelineHeldException>(() => rig.TakeAsync("first", run));
        await Assert.ThrowsAsync<PipelineHeldException>(() => rig.TakeAsync("one that took over before the successor", run, takenOverAt: takenOver));

        Assert.Equal(2, successor.Run.Epoch);
        Assert.Contains("successor", held.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Take_HolderWithoutConnection_IsTakenOverBeforeItExpires()
    {
        await using LeaseRig rig = await LeaseRig.CreateAsync(server);
        Lease dead = await rig.TakeAsync("dead");
        await rig.Database.ExecuteAsync("update staging.reconciliation_lease set backend_pid = 1");

        Lease next = await rig.TakeAsync("next");

        Assert.True(next.Run.Epoch > dead.Run.Epoch);
    }

    // The holder was killed, then the server's clock was set back: only a beat could correct the time.
    [Fact]
    public async Task Take_HolderWithoutConnectionWhoseLastBeatLiesInTheFuture_IsTakenOver()
    {
        await using LeaseRig rig = await LeaseRig.CreateAsync(server);
        Lease dead = await rig.TakeAsync("dead");
        await rig.Database.ExecuteAsync(
            "update staging.reconciliation_lease set backend_pid = 1, heartbeat_at = clock_timestamp() + interval '1 day'");

        Lease next = await rig.TakeAsync("next");

        Assert.True(next.Run.Epoch > dead.Run.Epoch);
    }

    [Fact]
    public async Task ForceRelease_OfALiveRun_FreesThePipelineAndFencesTheRun()
    {
        await using LeaseRig rig = await LeaseRig.CreateAsync(server);
        Lease former = await rig.TakeAsync("former");
        await using NpgsqlConnection connection = await rig.Sources.Control.OpenConnectionAsync(TestContext.Current.CancellationToken);

        LeaseHolder holder = (await Lease.FindHolderAsync(connection, s_tables, "things", TestContext.Current.CancellationToken))!;
        bool isReleased = await Lease.ForceReleaseAsync(connection, s_tables, "things", holder, "somebody", TestContext.Current.CancellationToken);
        bool again = await Lease.ForceReleaseAsync(connection, s_tables, "things", holder, "somebody", TestContext.Current.CancellationToken);

        Assert.StartsWith("former (since", holder.Text, StringComparison.Ordinal);
        Assert.Equal((true, false), (isReleased, again));
        await Assert.ThrowsAsync<LeaseLostException>(() => former.BeatAsync(connection, progress: null, TestContext.Current.CancellationToken));
        await rig.TakeAsync("next");
    }

    [Fact]
    public async Task ForceRelease_OfAHolderThatIsAnotherByNow_LeavesTheOther()
    {
        await using LeaseRig rig = await LeaseRig.CreateAsync(server);
        await rig.TakeAsync("dead");
        await using NpgsqlConnection connection = await rig.Sources.Control.OpenConnectionAsync(TestContext.Current.CancellationToken);
        LeaseHolder dead = (await Lease.FindHolderAsync(connection, s_tables, "things", TestContext.Current.CancellationToken))!;
        await rig.ExpireAsync();
        Lease next = await rig.TakeAsync("next");

        Assert.False(await Lease.ForceReleaseAsync(connection, s_tables, "things", dead, "somebody", TestContext.Current.CancellationToken));
        await next.BeatAsync(connection, progress: null, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Take_HolderStillListedWhileItsSessionEnds_IsTakenOver()
    {
        await using LeaseRig rig = await LeaseRig.CreateAsync(server);
        Lease cut = await rig.TakeAsync("cut");
        await using var session = new NpgsqlConnection(rig.Database.ConnectionString);
        await session.OpenAsync(TestContext.Current.CancellationToken);
        await rig.Database.ExecuteAsync(
            $"update staging.reconciliation_lease set backend_pid = {session.ProcessID}, heartbeat_at = now() - interval '10 seconds'");

        // The session is there when it is looked for, and has ended when the first wait is over.
        Lease next = await rig.TakeAsync("next", clock: new HastyClock(() => rig.EndSession(session.ProcessID)));

        Assert.True(next.Run.Epoch > cut.Run.Epoch);
    }

    [Fact]
    public async Task Take_ExpiredHolderInTheMiddleOfABatch_EndsItsSession()
    {
        await using LeaseRig rig = await LeaseRig.CreateAsync(server);
        Lease stalled = await rig.TakeAsync("stalled");
        await using NpgsqlConnection session = await rig.Sources.Writer.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using NpgsqlTransaction batch = await session.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await new LeaseFence(s_tables, stalled.Run).HoldAsync(session, TestContext.Current.CancellationToken);
        await rig.ExpireAsync();

        Lease next = await rig.TakeAsync("next");

        Assert.True(next.Run.Epoch > stalled.Run.Epoch);
        Exception ended = await Assert.ThrowsAnyAsync<Exception>(() => batch.CommitAsync(TestContext.Current.CancellationToken));
        Assert.Equal(FaultKind.Transient, PostgresFaults.Classify(ended, "s", FaultPhase.Command).Kind);
    }

    // The locks of batches are shared: one that begins while another is waited for would be granted, and so on without end.
    [Fact]
    public async Task Take_WhileABatchIsCommitted_LetsNoOtherBegin()
    {
        await using LeaseRig rig = await LeaseRig.CreateAsync(server);
        Lease former = await rig.TakeAsync("former");
        var fence = new LeaseFence(s_tables, former.Run);
        await using NpgsqlConnection first = await rig.Sources.Writer.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using NpgsqlConnection second = await rig.Sources.Writer.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using NpgsqlTransaction batch = await first.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await fence.HoldAsync(first, TestContext.Current.CancellationToken);
        await rig.ExpireAsync();

        Task<Lease> taking = rig.TakeAsync("next", timing: s_timing with { Beat = TimeSpan.FromMinutes(1) });
        await Until.TrueAsync(
            "the wait for the batch",
            async () => await rig.World.CountAsync("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0,
            TestContext.Current.CancellationToken);
        await using NpgsqlTransaction later = await second.BeginTransactionAsync(TestContext.Current.CancellationToken);
        LeaseLostException lost = await Assert.ThrowsAsync<LeaseLostException>(() => fence.HoldAsync(second, TestContext.Current.CancellationToken));
        await batch.CommitAsync(TestContext.Current.CancellationToken);
        Lease next = await taking;

        Assert.Contains("next", lost.Message, StringComparison.Ordinal);
        Assert.Equal(former.Run.Epoch + 1, next.Run.Epoch);
    }

    [Fact]
    public async Task Former_HolderAfterATakeover_CanDoNothing()
    {
        await using LeaseRig rig = await LeaseRig.CreateAsync(server);
        Lease former = await rig.TakeAsync("former");
        await rig.ExpireAsync();
        Lease next = await rig.TakeAsync("next");
        var fence = new LeaseFence(s_tables, former.Run);
        await rig.Database.ExecuteAsync($"""
            create table staging.things__next (like staging.things);
            insert into staging.reconciliation_log (run_id, pipeline, outcome, definition_fingerprint, input_fingerprint,
                tool_version, staging_version, attempt_table)
            values ('{next.Run.RunId}', 'things', 'running', '', '', '', 1, 'things__next')
            """);

        await using NpgsqlConnection connection = await rig.Sources.Control.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<LeaseLostException>(() => fence.HoldAsync(connection, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<LeaseLostException>(() => former.BeatAsync(connection, progress: null, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<LeaseLostException>(() => new Attempt(s_tables).DropAsync(
            connection, rig.World.Read().Definition!.Pipelines[0], keep: null, fence, TestContext.Current.CancellationToken));
        await former.ReleaseAsync(connection, TestContext.Current.CancellationToken);

        Assert.Equal(1, await rig.World.CountAsync(
            $"select count(*) from staging.reconciliation_lease where run_id = '{next.Run.RunId}'"));
        Assert.Equal(1, await rig.World.CountAsync("select count(*) from pg_class where relname = 'things__next'"));
    }

    [Fact]
    public async Task Run_WhoseLeaseIsTakenOver_EndsWithoutWritingAndSaysSo()
    {
        await using LeaseRig rig = await LeaseRig.CreateAsync(server);

        PipelineResult result = await rig.RunAndLoseAsync(() => rig.Database.ExecuteAsync(
            "update staging.reconciliation_lease set epoch = epoch + 1, holder = 'next', run_id = gen_random_uuid()"));

        Assert.Equal(RunOutcome.Failed, result.Outcome);
        Assert.False(result.Resumable);
        Assert.Equal(5, PostgresFaults.Classify(result.Fault!, "s", FaultPhase.Command).ExitCode);
        Assert.StartsWith("Another run (next) took over the pipeline 'things'", Lost(result).Message, StringComparison.Ordinal);
        Assert.Equal(1, await rig.World.CountAsync("select count(*) from staging.reconciliation_lease where holder = 'next' and run_id is not null"));
        Assert.Equal(0, await rig.World.CountAsync("select count(*) from staging.things"));
    }

    [Fact]
    public async Task Run_WhosePipelineIsReleased_EndsWithoutWritingAndSaysWhoReleasedIt()
    {
        await using LeaseRig rig = await LeaseRig.CreateAsync(server);

        PipelineResult result = await rig.RunAndLoseAsync(async () =>
        {
            await using NpgsqlConnection other = await rig.Sources.Control.OpenConnectionAsync(TestContext.Current.CancellationToken);
            LeaseHolder? holder = await Lease.FindHolderAsync(other, s_tables, "things", TestContext.Current.CancellationToken);
            Assert.True(await Lease.ForceReleaseAsync(other, s_tables, "things", holder!, "ann@host", TestContext.Current.CancellationToken));
        });

        Assert.Equal(RunOutcome.Failed, result.Outcome);
        Assert.Equal(5, PostgresFaults.Classify(result.Fault!, "s", FaultPhase.Command).ExitCode);
        Assert.StartsWith("The pipeline 'things' was released by 'recon clear --release' (ann@host), which ended this run.", Lost(result).Message, StringComparison.Ordinal);
        Assert.Contains("'recon run things --resume' goes on with it", Lost(result).Message, StringComparison.Ordinal);
        Assert.Equal(0, await rig.World.CountAsync("select count(*) from staging.things"));

        rig.World.Tuning = Golden.QuickRetries;
        Assert.Equal(RunOutcome.Completed, (await rig.World.RunAsync(request => request with { Resume = true })).Outcome);
    }

    // A batch may notice it before the heartbeat does; the fault then names the batch, too.
    private static LeaseLostException Lost(PipelineResult result)
        => Assert.IsType<LeaseLostException>(result.Fault as LeaseLostException ?? result.Fault!.InnerException);

    private sealed class LeaseRig : IAsyncDisposable
    {
        private LeaseRig(SmallWorld world)
        {
            World = world;
            Sources = ReconDataSources.ForConnectionString(world.Database.ConnectionString, new DataSourceOptions());
        }

        public SmallWorld World { get; }

        public TestDatabase Database => World.Database;

        public ReconDataSources Sources { get; }

        public static async Task<LeaseRig> CreateAsync(PostgresServer server)
        {
            var rig = new LeaseRig(await SmallWorld.CreateAsync(server));
            await using NpgsqlConnection connection = await rig.Sources.Control.OpenConnectionAsync(TestContext.Current.CancellationToken);
            await new StagingSchema(s_tables).CreateAsync(
                connection, [rig.World.Read().Definition!.Pipelines[0]], TestContext.Current.CancellationToken);
            return rig;
        }

        public async Task<Lease> TakeAsync(string holder, Guid? run = null, TimeProvider? clock = null, LeaseTiming? timing = null, DateTime? takenOverAt = null)
        {
            await using NpgsqlConnection connection = await Sources.Control.OpenConnectionAsync(TestContext.Current.CancellationToken);
            return await Lease.TakeAsync(
                connection, Sources.Control, s_tables, "things", run ?? Guid.CreateVersion7(), holder, timing ?? s_timing, clock ?? TimeProvider.System,
                TestContext.Current.CancellationToken, takenOverAt);
        }

        /// <summary>Runs until its batches wait, lets something happen to its lease, and lets them go on.</summary>
        public async Task<PipelineResult> RunAndLoseAsync(Func<Task> lose)
        {
            World.Tuning = Golden.QuickRetries with { Lease = s_timing };
            await using NpgsqlConnection blocker = await Sources.Control.OpenConnectionAsync(TestContext.Current.CancellationToken);
            await using NpgsqlTransaction block = await blocker.BeginTransactionAsync(TestContext.Current.CancellationToken);
            await using (var command = new NpgsqlCommand("lock table staging.reconciliation_ledger in share mode", blocker))
            {
                await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            }

            Task<PipelineResult> running = World.RunAsync();
            await Until.TrueAsync(
                "the run's row in the log",
                async () => await World.CountAsync("select count(*) from staging.reconciliation_log where outcome = 'running'") > 0,
                TestContext.Current.CancellationToken);
            await lose();
            await block.RollbackAsync(TestContext.Current.CancellationToken);
            return await running;
        }

        /// <summary>Ends a session, and returns when it is no longer listed.</summary>
        public void EndSession(int process)
        {
            using var connection = new NpgsqlConnection(Database.ConnectionString);
            connection.Open();
            using NpgsqlCommand command = connection.CreateCommand();
            command.CommandText = "select pg_terminate_backend($1, 60000)";
            command.Parameters.Add(new NpgsqlParameter { Value = process });
            Assert.Equal(true, command.ExecuteScalar());
        }

        public Task ExpireAsync()
            => Database.ExecuteAsync("update staging.reconciliation_lease set heartbeat_at = now() - interval '1 hour'");

        public async ValueTask DisposeAsync()
        {
            await Sources.DisposeAsync();
            await World.DisposeAsync();
        }
    }

    /// <summary>A clock whose waits end at once, the first one after something has happened.</summary>
    private sealed class HastyClock(Action first) : TimeProvider
    {
        private Action? _first = first;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Exchange(ref _first, null)?.Invoke();
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
