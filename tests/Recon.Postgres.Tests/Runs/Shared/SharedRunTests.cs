using Recon.Postgres.Runs;
using Recon.Postgres.Runs.Shared;
using Recon.Postgres.Staging;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs.Shared;

/// <summary>A run that workers share leaves what a run of one process leaves: rows, rejects, counts, warnings.</summary>
public sealed class SharedRunTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    [Theory]
    [InlineData(1, "any")]
    [InlineData(2, "any")]
    [InlineData(4, "cache")]
    [InlineData(2, "auto")]
    public async Task Run_SharedByWorkers_LeavesWhatOneProcessLeaves(int workers, string strategy)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 500);
        (world.BatchRows, world.Strategy) = (13, strategy);

        (PipelineResult shared, IReadOnlyList<WorkerEnd> ends) = await Crew.RunAsync(world, workers);

        Assert.Null(shared.Fault);
        Assert.Equal((RunOutcome.Completed, "several workers share the run"), (shared.Outcome, shared.Way!.Reason));
        Assert.All(ends, end => Assert.Equal((WorkerEndKind.Ended, null), (end.Kind, end.Message)));
        Assert.Equal(await world.CountAsync("select count(*) from staging.reconciliation_ledger where batch > 0"), ends.Sum(end => end.Batches));
        await RequireEqualAsync(world, shared);
    }

    [Theory]
    [InlineData(".gz", "utf-8")]
    [InlineData("", "utf-16le")]
    public async Task Run_OverOtherFiles_LeavesWhatOneProcessLeaves(string ending, string encoding)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 300);
        world.BatchRows = 7;
        string path = await RewriteAsync(world, ending, encoding);
        (world.CsvName, world.CsvKeys) = (Path.GetFileName(path), $"\"encoding\": \"{encoding}\",");

        (PipelineResult shared, _) = await Crew.RunAsync(world, 2);

        Assert.Null(shared.Fault);
        await RequireEqualAsync(world, shared);
    }

    [Fact]
    public async Task Run_AfterASharedOne_WritesNoMoreThanAfterOneOfOneProcess()
    {
        await using SmallWorld world = await Reruns.Reruns.CreateAsync(server);
        (PipelineResult shared, _) = await Crew.RunAsync(world, 2);

        PipelineResult next = await Reruns.Reruns.CompleteAsync(world);

        Assert.Null(shared.Fault);
        await Reruns.Reruns.CompleteAsync(world, request => request with { Full = true });
        PipelineResult usual = await Reruns.Reruns.CompleteAsync(world);
        Assert.Equal((RunWay.Changes, Reruns.Reruns.Level2), (next.Way!.Name, next.Way.Reason));
        Assert.Equal((usual.Written, usual.Skipped), (next.Written, next.Skipped));
        Assert.InRange(next.Skipped, 50, 100);
    }

    [Fact]
    public async Task Run_Resumed_GoesOnWithWhatTheOtherWayCommitted()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 300);
        world.BatchRows = 7;
        await world.RunAsync();
        await world.RefuseLaterBatchesAsync();
        PipelineResult broken = await world.RunAsync(request => request with { Full = true });
        Assert.Equal((RunOutcome.Failed, true), (broken.Outcome, broken.Resumable));
        (PipelineResult again, _) = await Crew.RunAsync(world, 2, request => request with { Resume = true });
        Assert.Equal((RunOutcome.Failed, true), (again.Outcome, again.Resumable));
        long committed = await world.CountAsync($"select count(*) from staging.reconciliation_ledger where run_id = '{again.RunId}'");
        await world.AcceptBatchesAsync();

        (PipelineResult shared, IReadOnlyList<WorkerEnd> ends) = await Crew.RunAsync(world, 2, request => request with { Resume = true });

        Assert.Null(shared.Fault);
        Assert.Equal(broken.RunId, shared.RunId);
        Assert.InRange(committed, 1, int.MaxValue);
        Assert.Equal(
            await world.CountAsync($"select count(*) from staging.reconciliation_ledger where run_id = '{shared.RunId}' and batch > 0"),
            committed + ends.Sum(end => end.Batches));
        await RequireEqualAsync(world, null);
    }

    [Fact]
    public async Task Run_SharedAndBroken_IsResumedByOneProcess()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 300);
        world.BatchRows = 7;
        await world.RunAsync();
        await world.RefuseLaterBatchesAsync();
        (PipelineResult broken, _) = await Crew.RunAsync(world, 2);
        await world.AcceptBatchesAsync();

        PipelineResult resumed = await world.RunAsync(request => request with { Resume = true });

        Assert.Equal((RunOutcome.Failed, true), (broken.Outcome, broken.Resumable));
        Assert.Null(resumed.Fault);
        Assert.Equal(broken.RunId, resumed.RunId);
        await RequireEqualAsync(world, null);
    }

    /// <summary>The result is that of a run of one process, which follows.</summary>
    internal static async Task RequireEqualAsync(SmallWorld world, PipelineResult? shared)
    {
        string content = await world.ContentAsync();
        string rejects = await world.RejectsAsync();
        string counts = await Reruns.Reruns.CountsAsync(world);
        PipelineResult whole = await Reruns.Reruns.CompleteAsync(world, request => request with { Full = true });

        Assert.Equal(await world.ContentAsync(), content);
        Assert.Equal(await world.RejectsAsync(), rejects);
        Assert.Equal(await Reruns.Reruns.CountsAsync(world), counts);
        if (shared is not null)
        {
            Assert.Equal(whole.Told().Warnings, shared.Told().Warnings);
            Assert.Equal(whole.ExceededGates, shared.ExceededGates);
            Assert.Equal(whole.Written, shared.Written);
        }
    }

    private static async Task<string> RewriteAsync(SmallWorld world, string ending, string encoding)
    {
        string text = await File.ReadAllTextAsync(world.CsvPath);
        string path = world.PathOf("other.csv" + ending);
        byte[] bytes = encoding == "utf-8" ? System.Text.Encoding.UTF8.GetBytes(text) : System.Text.Encoding.Unicode.GetBytes(text);
        await using Stream file = File.Create(path);
        await using Stream packed = ending == ".gz" ? new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionLevel.Fastest) : file;
        await packed.WriteAsync(bytes);
        return path;
    }
}
