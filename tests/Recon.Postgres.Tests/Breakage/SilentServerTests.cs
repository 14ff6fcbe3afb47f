using Npgsql;
using Recon.Postgres.Catalog;
using Recon.Postgres.Connections;
using Recon.Postgres.Runs;
using Recon.Postgres.Runs.Live;
using Recon.Postgres.Staging;
using Recon.Postgres.Tests.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Breakage;

/// <summary>
/// The server's machine dies without a word and is back: its sessions are gone, and the connections to them stand for ever.
/// The proxy accepts what is sent to them, so that TCP's own keepalive notices nothing.
/// </summary>
public sealed class SilentServerTests(PostgresServer server)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);
    private static readonly CancellationToken s_token = TestContext.Current.CancellationToken;

    [Fact]
    public void Npgsql_Inside_IsAsWeKnowIt() => Assert.True(ConnectionBreaker.CanBreak);

    [Theory]
    [InlineData("staging", "reconciliation_ledger")]
    [InlineData("staging", "reconciliation_rejects")]
    [InlineData("hubspot", "things")]
    public async Task Run_ServerForgetsStatementsThatAreWaitedFor_CompletesByItselfExactly(string schema, string table)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        Golden golden = await Golden.RunAsync(world);
        await using FaultProxy proxy = Proxy(world);
        await using var blocker = new NpgsqlConnection(world.Database.ConnectionString);
        await blocker.OpenAsync(s_token);
        await using NpgsqlTransaction block = await blocker.BeginTransactionAsync(s_token);
        await SqlText.Of($"lock table {new SqlTable(new SqlName(schema), new SqlName(table))} in access exclusive mode")
            .ExecuteAsync(blocker, s_token);

        Task<PipelineResult> running = world.RunAsync();
        await Until.TrueAsync(
            "a statement that waits for the lock",
            async () =>
            {
                Assert.False(running.IsCompleted, "The run ended before its statements waited.");
                return await world.CountAsync(
                    "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0;
            },
            s_token);
        proxy.Silence();
        await world.Database.ExecuteAsync(
            "select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");
        await block.RollbackAsync(s_token);
        PipelineResult result = await running.WaitAsync(s_limit, s_token);

        Assert.Null(result.Fault);
        Assert.True(world.HasSaid("does not know"));
        await golden.RequireAsync(world, $"silence while {table} was locked");
    }

    [Theory]
    [InlineData(false, 183)]
    [InlineData(true, 5)]
    public Task Run_ServerFallsSilentAtAMessage_CompletesByItselfExactly(bool atCommit, int point) => FallSilentAsync(atCommit, point);

    [Theory(Explicit = true)]
    [Trait("Category", "Sweep")]
    [InlineData(false, 2)]
    [InlineData(false, 122)]
    [InlineData(false, 305)]
    [InlineData(true, 1)]
    [InlineData(true, 9)]
    public Task Run_ServerFallsSilentAtMoreMessages_CompletesByItselfExactly(bool atCommit, int point) => FallSilentAsync(atCommit, point);

    private async Task FallSilentAsync(bool atCommit, int point)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 30);
        Golden golden = await Golden.RunAsync(world);
        await using FaultProxy proxy = Proxy(world);

        // What comes before is the setup, which has no heartbeat yet.
        world.Progress = new AtStart(() => proxy.Arm(atCommit
            ? new FaultPlan { Silent = true, SwallowCommit = point }
            : new FaultPlan { Silent = true, CutAtMessage = point }));

        PipelineResult result = await world.RunAsync().WaitAsync(s_limit, s_token);

        Assert.Null(result.Fault);
        Assert.True(proxy.HasCut, $"A run has {proxy.Messages} messages and {proxy.Commits} commits.");
        await golden.RequireAsync(world, $"silence at {point}");
    }

    [Fact]
    public async Task BreakLost_SessionsThatTheServerKnows_AreLeftAlone()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 1);
        await using ReconDataSources sources = ReconDataSources.ForConnectionString(world.Database.ConnectionString, new DataSourceOptions());
        await using NpgsqlConnection asks = await sources.Control.OpenConnectionAsync(s_token);
        await using NpgsqlConnection works = await sources.Writer.OpenConnectionAsync(s_token);
        await using NpgsqlConnection ended = await sources.Writer.OpenConnectionAsync(s_token);

        int before = await sources.Sessions.BreakLostAsync(asks, s_token);
        await world.Database.ExecuteAsync($"select pg_terminate_backend({ended.ProcessID}, 10000)");
        int after = await sources.Sessions.BreakLostAsync(asks, s_token);

        Assert.Equal((0, 1), (before, after));
        Assert.Equal(System.Data.ConnectionState.Broken, ended.FullState);
        Assert.Equal(System.Data.ConnectionState.Open, works.FullState);
    }

    // The server's clock is set back, or its machine stood still: its clock is another function here.
    [Theory]
    [InlineData(-10)]
    [InlineData(10)]
    [InlineData(-86_400)]
    public async Task BreakLost_ClockOfTheServerJumps_NothingIsBroken(int seconds)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 1);
        await using ReconDataSources sources = await MadeUpSourcesAsync(world);
        await using NpgsqlConnection asks = await sources.Control.OpenConnectionAsync(s_token);
        await using NpgsqlConnection works = await sources.Writer.OpenConnectionAsync(s_token);
        await using NpgsqlTransaction transaction = await works.BeginTransactionAsync(s_token);
        await world.Database.ExecuteAsync($"""
            create function made_up.clock_timestamp() returns timestamptz language sql
                as $$select pg_catalog.clock_timestamp() + make_interval(secs => {seconds})$$
            """);

        Assert.Equal(0, await sources.Sessions.BreakLostAsync(asks, s_token));
        await transaction.CommitAsync(s_token);
    }

    [Theory]
    [InlineData("1 microsecond")]
    [InlineData("-1 hour")]
    [InlineData("1 hour")]
    public async Task BreakLost_ProcessOfAnotherSession_IsUnknown(string later)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 1);
        await using ReconDataSources sources = await MadeUpSourcesAsync(world);
        await using NpgsqlConnection asks = await sources.Control.OpenConnectionAsync(s_token);
        await using NpgsqlConnection works = await sources.Lookup.OpenConnectionAsync(s_token);
        await using NpgsqlConnection lost = await sources.Writer.OpenConnectionAsync(s_token);
        await world.Database.ExecuteAsync($"""
            create view made_up.pg_stat_activity as
                select pid, backend_start + case pid when {lost.ProcessID} then interval '{later}' else '0' end as backend_start
                from pg_catalog.pg_stat_activity
            """);

        Assert.Equal(1, await sources.Sessions.BreakLostAsync(asks, s_token));
        Assert.Equal(System.Data.ConnectionState.Broken, lost.FullState);
        Assert.Equal(System.Data.ConnectionState.Open, works.FullState);
    }

    [Fact]
    public async Task BreakLost_StartThatMayNotBeSeen_ProvesNothing()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 1);
        await using ReconDataSources sources = await MadeUpSourcesAsync(world);
        await using NpgsqlConnection asks = await sources.Control.OpenConnectionAsync(s_token);
        await world.Database.ExecuteAsync(
            "create view made_up.pg_stat_activity as select pid, null::timestamptz as backend_start from pg_catalog.pg_stat_activity");

        Assert.Equal(0, await sources.Sessions.BreakLostAsync(asks, s_token));
    }

    [Fact]
    public async Task BreakWhen_NpgsqlThrowsWhileItBreaks_NobodyLearns()
    {
        await using var connection = new NpgsqlConnection(await server.GetConnectionStringAsync());
        await connection.OpenAsync(s_token);
        using var over = new CancellationTokenSource();
        await using CancellationTokenRegistration giveUp = ConnectionBreaker.BreakWhen(connection, over.Token);
        bool isTold = false;
        connection.StateChange += (_, _) =>
        {
            isTold = true;
            throw new InvalidOperationException("A listener that fails.");
        };

        await over.CancelAsync();

        Assert.True(isTold);
    }

    // What recon asks for finds this schema before the server's own.
    private static async Task<ReconDataSources> MadeUpSourcesAsync(SmallWorld world)
    {
        await world.Database.ExecuteAsync("create schema made_up");
        return ReconDataSources.ForConnectionString(
            new NpgsqlConnectionStringBuilder(world.Database.ConnectionString) { SearchPath = "made_up,pg_catalog" }.ConnectionString,
            new DataSourceOptions());
    }

    private static FaultProxy Proxy(SmallWorld world)
    {
        var proxy = new FaultProxy(world.Database.ConnectionString);
        world.ConnectionString = new NpgsqlConnectionStringBuilder(proxy.ConnectionString) { CancellationTimeout = 100 }.ConnectionString;
        world.Tuning = Golden.QuickRetries with
        {
            Lease = new LeaseTiming { Beat = TimeSpan.FromMilliseconds(60), Expiry = TimeSpan.FromSeconds(3) },
        };
        return proxy;
    }

    private sealed class AtStart(Action action) : IRunProgress
    {
        public void Started(RunWatch run) => action();

        public void Finished(RunWatch run)
        {
        }
    }
}
