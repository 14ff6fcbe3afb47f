using Npgsql;
using Recon.Postgres.Runs;
using Recon.Postgres.Runs.Shared;
using Recon.Postgres.Tests.Decisions;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs.Shared;

/// <summary>Workers that come and go, that cannot take part, and that are given up although they live.</summary>
public sealed class WorkerTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private const string Ledger = """
        select count(*) from staging.reconciliation_ledger l
        where batch > 0 and run_id = (select run_id from staging.reconciliation_log order by started_at desc limit 1)
        """;

    [Fact]
    public async Task Worker_WithAnotherDefinition_IsRefusedAndTheOthersDoTheWork()
    {
        await using SmallWorld world = await WorldAsync();

        (PipelineResult result, WorkerEnd end) = await RunBesideAsync(world, request: request => request with { Fingerprint = _ => "another" });

        Assert.Equal(WorkerEndKind.Refused, end.Kind);
        Assert.Contains("its definition of 'things' is not the run's", end.Message, StringComparison.Ordinal);
        await SharedRunTests.RequireEqualAsync(world, result);
    }

    [Fact]
    public async Task Worker_WithAnotherInput_IsRefusedAndTheOthersDoTheWork()
    {
        await using SmallWorld world = await WorldAsync();
        string folder = Directory.CreateDirectory(world.PathOf("other")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "things.csv"), "Id,Name,Amount,Seen,Parent,Deleted\n1,x,1,,,\n", TestContext.Current.CancellationToken);

        (PipelineResult result, WorkerEnd end) = await RunBesideAsync(world, request: request => request with { BaseDirectory = folder });

        Assert.Equal(WorkerEndKind.Refused, end.Kind);
        Assert.Contains("the input of 'things' (things.csv) is not the run's", end.Message, StringComparison.Ordinal);
        await SharedRunTests.RequireEqualAsync(world, result);
    }

    [Fact]
    public async Task Worker_OfAnotherVersion_IsRefusedAndTheOthersDoTheWork()
    {
        await using SmallWorld world = await WorldAsync();

        (PipelineResult result, WorkerEnd end) = await RunBesideAsync(world, change: context => context with { ToolVersion = "0.0.1" });

        Assert.Equal(WorkerEndKind.Refused, end.Kind);
        Assert.Contains("0.0.1", end.Message, StringComparison.Ordinal);
        await SharedRunTests.RequireEqualAsync(world, result);
    }

    [Fact]
    public async Task Worker_ThatMayNotReadTheMirror_IsRefusedAndTheOthersDoTheWork()
    {
        await using SmallWorld world = await WorldAsync();
        string role = "blind_" + world.Database.Name;
        await world.Database.ExecuteAsync($"create role {role}");
        string connection = new NpgsqlConnectionStringBuilder(world.Database.ConnectionString) { Options = $"-c role={role}" }.ConnectionString;

        (PipelineResult result, WorkerEnd end) = await RunBesideAsync(world, connection: connection);

        Assert.Equal(WorkerEndKind.Refused, end.Kind);
        await SharedRunTests.RequireEqualAsync(world, result);
    }

    // What it needs of the mirror is locked, so that it would wait.
    [Fact]
    public async Task Worker_ThatIsStillOpeningWhenNothingIsLeft_EndsAllTheSame()
    {
        await using SmallWorld world = await WorldAsync();
        await using Crew crew = new(world);
        crew.Share();
        TroubledExchange way = new(crew.Desk);
        crew.Add(way);
        Assert.Null((await world.RunAsync()).Fault);
        await using NpgsqlConnection holder = new(world.Database.ConnectionString);
        await holder.OpenAsync(TestContext.Current.CancellationToken);
        await using NpgsqlTransaction transaction = await holder.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var command = new NpgsqlCommand("lock table hubspot.things, hubspot.parents in access exclusive mode", holder))
        {
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        Assert.NotNull(way.Joined);
        int late = crew.Add(new EndedExchange(way.Joined));

        Assert.Equal(WorkerEndKind.Ended, (await crew.EndOfAsync(late)).Kind);
    }

    // What it committed before may be of the other file.
    [Fact]
    public async Task Worker_WhoseFileHasAnotherMiddle_EndsTheRunWhenItHasCommitted()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 6_000);
        world.BatchRows = 100;
        string folder = await CopyWithAnotherMiddleAsync(world, 100_000);
        await using Crew crew = new(world);
        crew.Share();
        crew.Add(request: request => request with { BaseDirectory = folder });

        PipelineResult result = await world.RunAsync();

        Assert.Equal((RunOutcome.Failed, false), (result.Outcome, result.Resumable));
        Assert.Contains("things.csv is not the file that the run reads", await MessageAsync(world), StringComparison.Ordinal);
        Assert.Equal(0, await world.CountAttemptsAsync());
    }

    [Fact]
    public async Task Worker_WhoseFileHasAnotherMiddleAndThatCommittedNothing_IsRefusedAndTheOthersDoTheWork()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 6_000);
        world.BatchRows = 3_000;
        string folder = await CopyWithAnotherMiddleAsync(world, 70_000);

        (PipelineResult result, WorkerEnd end) = await RunBesideAsync(world, request: request => request with { BaseDirectory = folder });

        Assert.Equal(WorkerEndKind.Refused, end.Kind);
        Assert.Contains("things.csv is not the file that the run reads", end.Message, StringComparison.Ordinal);
        await SharedRunTests.RequireEqualAsync(world, result);
    }

    [Fact]
    public async Task Worker_Stopped_FinishesWhatIsInFlightAndGivesBackTheRest()
    {
        await using SmallWorld world = await WorldAsync();
        await world.RunAsync();
        await using Crew crew = new(world);
        crew.Share();
        await using NpgsqlConnection holder = await HalfwayFault.HoldAsync(world.Database, TestContext.Current.CancellationToken);
        int first = crew.Add();
        Task<PipelineResult> running = world.RunAsync(request => request with { Full = true });
        await UntilCommittedAsync(world, 4);
        await crew.StopAsync(first);
        crew.Add();
        await ReleaseAsync(holder);

        PipelineResult result = await running;

        WorkerEnd end = await crew.EndOfAsync(first);
        IReadOnlyList<WorkerEnd> ends = await crew.EndAsync();
        world.Sharing = null;
        Assert.Equal(WorkerEndKind.Stopped, end.Kind);
        Assert.InRange(end.Batches, 4, await world.CountAsync(Ledger) - 1);
        Assert.Equal(await world.CountAsync(Ledger), ends.Sum(each => each.Batches));
        await SharedRunTests.RequireEqualAsync(world, result);
    }

    [Fact]
    public async Task Worker_Killed_LosesItsSplitsToOthers()
    {
        await using SmallWorld world = await WorldAsync();
        await world.RunAsync();
        await using Crew crew = new(world);
        crew.Share(sharing => sharing with { Silence = TimeSpan.FromMilliseconds(400) });
        await using NpgsqlConnection holder = await HalfwayFault.HoldAsync(world.Database, TestContext.Current.CancellationToken);
        int first = crew.Add();
        Task<PipelineResult> running = world.RunAsync(request => request with { Full = true });
        await UntilCommittedAsync(world, 4);
        await crew.AbortAsync(first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => crew.EndOfAsync(first));
        crew.Add();
        await ReleaseAsync(holder);

        PipelineResult result = await running;

        world.Sharing = null;
        Assert.Null(result.Fault);
        await SharedRunTests.RequireEqualAsync(world, result);
    }

    // Its batches wait, with the rows of their splits locked, while nothing is heard of it.
    [Fact]
    public async Task Worker_SilentAndAlive_CommitsNothingOfWhatOthersDoNow()
    {
        await using SmallWorld world = await WorldAsync();
        await world.RunAsync();
        await using Crew crew = new(world);
        crew.Share(sharing => sharing with { Silence = TimeSpan.FromMilliseconds(400) });
        await using NpgsqlConnection holder = await HalfwayFault.HoldAsync(world.Database, TestContext.Current.CancellationToken);
        TroubledExchange way = new(crew.Desk);
        int zombie = crew.Add(way);
        Task<PipelineResult> running = world.RunAsync(request => request with { Full = true });
        await UntilCommittedAsync(world, 4);
        way.IsCut = true;
        await Until.TrueAsync("the zombie's loss", () => world.HasSaid("were given to another worker"), TestContext.Current.CancellationToken);
        crew.Add();
        await ReleaseAsync(holder);
        PipelineResult result = await running;
        way.IsCut = false;
        IReadOnlyList<WorkerEnd> ends = await crew.EndAsync();

        world.Sharing = null;
        Assert.Null(result.Fault);
        Assert.True(world.HasSaid("has shown no sign of life"));
        Assert.Equal(WorkerEndKind.Ended, ends[zombie].Kind);
        Assert.InRange(ends[zombie].Batches, 4, await world.CountAsync(Ledger) - 1);
        await SharedRunTests.RequireEqualAsync(world, result);
    }

    [Fact]
    public async Task Worker_WhoseQuestionsAndAnswersAreLost_TellsThemAgain()
    {
        await using SmallWorld world = await WorldAsync();
        await using Crew crew = new(world);
        crew.Share();
        crew.Add(new TroubledExchange(crew.Desk, 3));
        crew.Add(new TroubledExchange(crew.Desk, 5));

        PipelineResult result = await world.RunAsync();

        IReadOnlyList<WorkerEnd> ends = await crew.EndAsync();
        world.Sharing = null;
        Assert.Null(result.Fault);
        Assert.All(ends, end => Assert.Equal(WorkerEndKind.Ended, end.Kind));
        await SharedRunTests.RequireEqualAsync(world, result);
    }

    [Fact]
    public async Task Worker_WithoutACoordinator_GivesUpWhenItsPatienceEnds()
    {
        await using SmallWorld world = await WorldAsync();
        await using Crew crew = new(world);

        int worker = crew.Add(new TroubledExchange(crew.Desk) { IsCut = true }, context => context with { Patience = TimeSpan.FromMilliseconds(100) });

        WorkerEnd end = await crew.EndOfAsync(worker);
        Assert.Equal((WorkerEndKind.Unreachable, "The question was lost."), (end.Kind, end.Message));
    }

    [Fact]
    public async Task Run_WithDecisions_ObeysThemAsOneProcessDoes()
    {
        await using SmallWorld world = await WorldAsync();
        await world.RunAsync();
        await world.DecideAsync("3", null);
        await world.DecideAsync("5", 6_000_000_005);
        await world.DecideAsync("8", null);
        await world.UndoAsync("8");

        (PipelineResult result, _) = await Crew.RunAsync(world, 2);

        Assert.Null(result.Fault);
        Assert.Contains("5,6000000005,", await world.ContentAsync(), StringComparison.Ordinal);
        await SharedRunTests.RequireEqualAsync(world, result);
    }

    private async Task<SmallWorld> WorldAsync()
    {
        SmallWorld world = await SmallWorld.CreateAsync(server, 300);
        world.BatchRows = 7;
        return world;
    }

    // Names, length, time and both ends are the same.
    private static async Task<string> CopyWithAnotherMiddleAsync(SmallWorld world, int place)
    {
        string folder = Directory.CreateDirectory(world.PathOf("other")).FullName;
        byte[] bytes = await File.ReadAllBytesAsync(world.CsvPath, TestContext.Current.CancellationToken);
        bytes.AsSpan(place, 2_000).Replace((byte)'\n', (byte)'x');
        Assert.InRange(bytes.Length, 200_000, int.MaxValue);
        string other = Path.Combine(folder, "things.csv");
        await File.WriteAllBytesAsync(other, bytes, TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(other, File.GetLastWriteTimeUtc(world.CsvPath));
        return folder;
    }

    // One worker that can take part, and one that cannot.
    private static async Task<(PipelineResult Result, WorkerEnd Refused)> RunBesideAsync(
        SmallWorld world,
        Func<WorkerContext, WorkerContext>? change = null,
        Func<RunRequest, RunRequest>? request = null,
        string? connection = null)
    {
        await using Crew crew = new(world);
        crew.Share();
        int refused = crew.Add(change: change, request: request, connection: connection);
        Task<PipelineResult> running = world.RunAsync();
        WorkerEnd end = await crew.EndOfAsync(refused);
        crew.Add();
        PipelineResult result = await running;
        Assert.Null(result.Fault);
        return (result, end);
    }

    private static async Task ReleaseAsync(NpgsqlConnection holder)
    {
        await using var command = new NpgsqlCommand("select pg_advisory_unlock_all()", holder);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private static Task UntilCommittedAsync(SmallWorld world, long batches)
        => Until.TrueAsync(
            "committed batches", async () => await world.CountAsync($"{Ledger} and exists (select 1 from staging.reconciliation_log g where g.run_id = l.run_id and outcome = 'running')") >= batches,
            TestContext.Current.CancellationToken);

    private static async Task<string> MessageAsync(SmallWorld world)
        => (await world.Database.QueryValueAsync<string>("select message from staging.reconciliation_log order by started_at desc limit 1"))!;
}
