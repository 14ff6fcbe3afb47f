using System.Runtime.CompilerServices;
using Recon.Dataflow;
using Recon.Postgres.Runs;
using Recon.Postgres.Runs.Live;
using Recon.Postgres.Staging;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs.Shared;

/// <summary>What people are told of a run that workers share, and what it refuses.</summary>
public sealed class SharedTellTests(PostgresServer server)
{
    [Fact]
    public async Task Run_SharedByWorkers_TellsOfEachOfThemAndOfAllTogether()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 400);
        world.BatchRows = 7;
        RunProgress alone = await ProgressAsync(world, () => world.RunAsync());

        RunProgress shared = await ProgressAsync(world, async () => (await Crew.RunAsync(world, 2)).Result);
        IReadOnlyList<LoggedWorker> logged = CountsJson.ReadWorkers(
            await world.Database.QueryValueAsync<string>("select details::text from staging.reconciliation_log order by started_at desc limit 1") ?? "{}");

        Assert.NotNull(shared.Workers);
        Assert.Equal(shared.Account.Read, shared.Workers.Sum(worker => worker.Records));
        Assert.Equal((shared.Commits + 1) / 2, shared.Workers.Sum(worker => worker.SplitsDone));
        Assert.Equal(alone.Account, shared.Account);
        Assert.Equal(alone.Commits, shared.Commits);
        Assert.Equal(alone.Rejects, shared.Rejects);
        Assert.Equal(alone.CopiedBytes, shared.CopiedBytes);

        // The last block may not have counted a batch when its commit is told.
        Assert.Equal(
            alone.Blocks.SkipLast(1).Select(block => (block.Name, block.Batches)), shared.Blocks.SkipLast(1).Select(block => (block.Name, block.Batches)));
        Assert.Equal(
            alone.Lookups.Select(lookup => (lookup.Name, lookup.Records, lookup.Hits)),
            shared.Lookups.Select(lookup => (lookup.Name, lookup.Records, lookup.Hits)));
        Assert.Equal(1, shared.Share);
        Assert.Equal(shared.Account.Read, logged.Sum(worker => worker.Records));
        Assert.Equal(logged.Select(worker => worker.Name).Order(StringComparer.Ordinal), logged.Select(worker => worker.Name));
        Assert.Equal(shared.Workers.Count, RunProgress.Parse(shared.ToJson())!.Workers!.Count);
        Assert.Null(RunProgress.Parse(alone.ToJson())!.Workers);
    }

    [Fact]
    public async Task Run_WithoutWorkers_SaysWhatItWaitsFor()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 20);
        await using Crew crew = new(world);
        crew.Share(sharing => sharing with { Silence = TimeSpan.FromMilliseconds(40) });
        Looker looker = new();
        world.Progress = looker;
        Task<PipelineResult> running = world.RunAsync();

        await Until.TrueAsync("the message", () => world.HasSaid("the run waits for workers: none has joined"), TestContext.Current.CancellationToken);
        string? waits = looker.Run!.Snapshot().WaitsFor;
        crew.Add();

        Assert.Null((await running).Fault);
        Assert.Equal("workers: none has joined", waits);
    }

    [Theory]
    [InlineData("limit")]
    [InlineData("ids")]
    [InlineData("source")]
    [InlineData("sink")]
    public async Task Run_OfWhatWorkersCannotDo_IsRefused(string what)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 1);
        await using Crew crew = new(world);
        crew.Share();

        StagingException refusal = await Assert.ThrowsAsync<StagingException>(() => world.RunAsync(request => what switch
        {
            "limit" => request with { Limit = 1 },
            "ids" => request with { Ids = new HashSet<string> { "1" } },
            "source" => request with { Source = new NoRecords() },
            _ => request with { Sink = new NoSink() },
        }));

        Assert.Contains("cannot be shared with workers", refusal.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StagingException>(world.DryRunAsync);
    }

    [Fact]
    public async Task Run_OverStandardInput_IsDoneByThisProcessAndSaysSo()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 60);
        await using Crew crew = new(world);
        crew.Share();
        await using FileStream input = File.OpenRead(world.CsvPath);

        PipelineResult result = await world.RunAsync(request => request with { Input = "-", StandardInput = input });

        Assert.Null(result.Fault);
        Assert.True(world.HasSaid("standard input cannot be divided"));
        await SharedRunTests.RequireEqualAsync(Alone(world), null);
    }

    private static SmallWorld Alone(SmallWorld world)
    {
        world.Sharing = null;
        return world;
    }

    private static async Task<RunProgress> ProgressAsync(SmallWorld world, Func<Task<PipelineResult>> run)
    {
        Looker looker = new();
        world.Progress = looker;
        Assert.Null((await run()).Fault);
        return looker.Last!;
    }

    private sealed class Looker : IRunProgress
    {
        public RunWatch? Run { get; private set; }

        public RunProgress? Last { get; private set; }

        public void Started(RunWatch run) => Run = run;

        public void Finished(RunWatch run) => Last = run.Snapshot();
    }

    private sealed class NoRecords : IRecordSource
    {
        public IReadOnlyList<string> Columns => ["Id"];

        public async IAsyncEnumerable<IReadOnlyList<string?>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            yield break;
        }
    }

    private sealed class NoSink : IRecordSink
    {
        public ValueTask WriteAsync(ReconciledBatch batch, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
