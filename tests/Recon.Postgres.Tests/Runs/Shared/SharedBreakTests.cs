using Npgsql;
using Recon.Postgres.Faults;
using Recon.Postgres.Runs;
using Recon.Postgres.Tests.Breakage;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs.Shared;

/// <summary>Whatever happens to workers, coordinators and the server, the result is that of an undisturbed run.</summary>
public sealed class SharedBreakTests(PostgresServer server)
{
    private static readonly TimeSpan s_silence = TimeSpan.FromMilliseconds(400);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Worker_GoneInTheMiddleOfABatch_LeavesItsSplitsToOthers()
    {
        await using SmallWorld world = await CreateAsync();
        Golden golden = await Golden.RunAsync(world);
        await using Crew crew = new(world);
        crew.Share(sharing => sharing with { Silence = s_silence });
        int lost = crew.Add();
        await using NpgsqlConnection hold = await HalfwayFault.HoldAsync(world.Database, Token);
        Task<PipelineResult> running = world.RunAsync();
        await HeldAsync(world, running);

        await crew.AbortAsync(lost);
        await HalfwayFault.ReleaseAsync(hold, Token);
        crew.Add();
        PipelineResult result = await running;

        Assert.Null(result.Fault);
        await golden.RequireAsync(world, "a worker lost");
        Assert.Equal(0, await world.CountAsync("select count(*) from staging.reconciliation_split"));
    }

    [Fact]
    public async Task Worker_OutOfReachForTooLong_CommitsNothingOfWhatWasTakenFromIt()
    {
        await using SmallWorld world = await CreateAsync();
        Golden golden = await Golden.RunAsync(world);
        await using Crew crew = new(world);
        crew.Share(sharing => sharing with { Silence = s_silence });
        Line line = new(crew.Desk);
        crew.Add(line);
        await using NpgsqlConnection hold = await HalfwayFault.HoldAsync(world.Database, Token);
        Task<PipelineResult> running = world.RunAsync();
        await HeldAsync(world, running);

        // Its sessions are in the middle of a batch, so they are ended; it tries again with a ticket that is worth nothing.
        line.IsCut = true;
        await Until.TrueAsync("the silence to be noticed", () => world.HasSaid("has shown no sign of life"), Token);
        await Until.TrueAsync(
            "its splits to be taken back",
            async () => await world.CountAsync("select count(*) from staging.reconciliation_split where worker is null") > 0,
            Token);
        await HalfwayFault.ReleaseAsync(hold, Token);
        await Until.TrueAsync("the zombie to notice", () => world.HasSaid("were given to another worker"), Token);
        line.IsCut = false;
        crew.Add();
        PipelineResult result = await running;

        Assert.Null(result.Fault);
        await golden.RequireAsync(world, "a worker out of reach");
    }

    [Fact]
    public async Task Coordinator_Lost_IsTakenOverByAnotherWithTheSameWorkers()
    {
        await using SmallWorld world = await CreateAsync();
        Golden golden = await Golden.RunAsync(world);
        await using Crew first = new(world);
        await using Crew second = new(world);
        Line line = new(first.Desk);
        first.Add(line);
        first.Add(line);
        first.Share();
        world.RunId = Guid.CreateVersion7();
        await using NpgsqlConnection hold = await HalfwayFault.HoldAsync(world.Database, Token);
        Task<PipelineResult> lost = world.RunAsync(request => request with { Fresh = true });
        await HeldAsync(world, lost);

        // The first one still runs, and thinks that it leads.
        second.Share(sharing => sharing with { IsTakeOver = true });
        Task<PipelineResult> next = world.RunAsync(request => request with { Fresh = true });
        line.LeadTo(second.Desk);
        await HalfwayFault.ReleaseAsync(hold, Token);
        PipelineResult result = await next;
        PipelineResult? former = null;
        Exception? fault = await Record.ExceptionAsync(async () => former = await lost);

        Assert.Null(result.Fault);
        Assert.IsType<LeaseLostException>(fault ?? former!.Fault);
        await golden.RequireAsync(world, "a coordinator lost");
    }

    [Fact]
    public async Task Run_StoppedWithSplitsUnderWay_IsResumedToTheSameResult()
    {
        await using SmallWorld world = await CreateAsync();
        Golden golden = await Golden.RunAsync(world);
        await using Crew crew = new(world);
        crew.Share();
        crew.Add();
        using CancellationTokenSource stop = new();
        await using NpgsqlConnection hold = await HalfwayFault.HoldAsync(world.Database, Token);
        Task<PipelineResult> running = world.RunAsync(stopReading: stop.Token);
        await HeldAsync(world, running);

        await stop.CancelAsync();
        await HalfwayFault.ReleaseAsync(hold, Token);
        PipelineResult stopped = await running;
        PipelineResult resumed = await world.RunAsync(request => request with { Resume = true });

        Assert.Equal((RunOutcome.Cancelled, true), (stopped.Outcome, stopped.Resumable));
        Assert.Null(resumed.Fault);
        Assert.Equal(stopped.RunId, resumed.RunId);
        await golden.RequireAsync(world, "stopped and resumed");
    }

    [Fact]
    public async Task Run_ServerStoppedAtOnceAndStarted_CompletesByItselfExactly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The server is stopped by a signal.");
        await using OwnServer own = await OwnServer.StartAsync();
        await using SmallWorld world = await own.CreateWorldAsync();
        Golden golden = await Golden.RunAsync(world);
        await using var proxy = new FaultProxy(world.Database.ConnectionString);
        world.ConnectionString = proxy.ConnectionString;
        await using Crew crew = new(world);
        crew.Share();
        crew.Add(connection: proxy.ConnectionString);
        crew.Add(connection: proxy.ConnectionString);

        PipelineResult result = await own.RestartDuringARunAsync(world, proxy);

        Assert.Null(result.Fault);
        await golden.RequireAsync(world, "server stopped and started");
    }

    [Theory(Explicit = true)]
    [Trait("Category", "Sweep")]
    [MemberData(nameof(Seeds))]
    public async Task Run_DisturbedAtRandom_CompletesExactly(int seed)
    {
        await using SmallWorld world = await CreateAsync();
        Golden golden = await Golden.RunAsync(world);
        var random = new Random(seed);
        List<string> done = [];
        List<Crew> crews = [new(world)];
        List<Line> lines = [];
        List<int> workers = [];
        try
        {
            crews[0].Share(sharing => sharing with { Silence = s_silence });
            world.RunId = Guid.CreateVersion7();
            for (int worker = random.Next(1, 4); worker > 0; worker--)
            {
                Add();
            }

            Task<PipelineResult> running = world.RunAsync();
            List<Task<PipelineResult>> former = [];
            for (int disturbances = random.Next(1, 6); disturbances > 0; disturbances--)
            {
                long committed = random.Next(0, 40);
                await Until.TrueAsync(
                    "some batches",
                    async () => running.IsCompleted
                        || await world.CountAsync($"select count(*) from staging.reconciliation_ledger where run_id = '{world.RunId}'") >= committed,
                    Token);
                switch (random.Next(4))
                {
                    case 0 when workers.Count > 0:
                        done.Add($"worker lost at {committed}");
                        await crews[0].AbortAsync(workers[random.Next(workers.Count)]);
                        Add();
                        break;
                    case 1:
                        done.Add($"line cut at {committed}");
                        Line cut = lines[random.Next(lines.Count)];
                        cut.IsCut = true;
                        Add();
                        await Until.TrueAsync("the silence", () => running.IsCompleted || world.HasSaid("has shown no sign of life"), Token);
                        cut.IsCut = false;
                        break;
                    case 2:
                        done.Add($"worker added at {committed}");
                        Add();
                        break;
                    default:
                        done.Add($"coordinator taken over at {committed}");
                        former.Add(running);
                        crews.Add(new Crew(world));
                        crews[^1].Share(sharing => sharing with { Silence = s_silence, IsTakeOver = true });
                        if (!running.IsCompleted)
                        {
                            // One after the other: of two that begin at the same time, either may be the last to lead.
                            const string Led = "select coalesce(max(epoch), 0) from staging.reconciliation_lease";
                            long epoch = await world.CountAsync(Led);
                            Task<PipelineResult> next = running = world.RunAsync(request => request with { Resume = true });
                            await Until.TrueAsync("the take-over", async () => next.IsCompleted || await world.CountAsync(Led) > epoch, Token);
                        }

                        lines.ForEach(line => line.LeadTo(crews[^1].Desk));
                        break;
                }
            }

            PipelineResult result = await running;
            Assert.True(result.Fault is null, $"seed {seed}, {string.Join(", ", done)}: {result.Fault}");
            foreach (Task<PipelineResult> before in former)
            {
                await before.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }

            await golden.RequireAsync(world, $"seed {seed}: {string.Join(", ", done)}");
        }
        finally
        {
            foreach (Crew crew in crews)
            {
                await crew.DisposeAsync();
            }
        }

        void Add()
        {
            lines.Add(new Line(crews[^1].Desk));
            workers.Add(crews[0].Add(lines[^1]));
        }
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 8)];

    // More batches than all workers hold.
    private async Task<SmallWorld> CreateAsync()
    {
        SmallWorld world = await SmallWorld.CreateAsync(server, 300);
        (world.BatchRows, world.Tuning) = (5, Golden.QuickRetries);
        return world;
    }

    private static Task HeldAsync(SmallWorld world, Task<PipelineResult> running) => Until.TrueAsync(
        "a batch that is held",
        async () =>
        {
            Assert.False(running.IsCompleted, "The run ended before.");
            return await world.CountAsync("select count(*) from pg_locks where locktype = 'advisory' and not granted") > 0;
        },
        Token);
}
