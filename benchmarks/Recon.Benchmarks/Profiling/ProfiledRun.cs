using Recon.Benchmarks.WholeRuns;
using Recon.Dataflow.Telemetry;
using Recon.Postgres.Runs;

namespace Recon.Benchmarks.Profiling;

/// <summary>Runs the pipeline in this process, by the code of <c>recon run</c>, and watches it.</summary>
internal static class ProfiledRun
{
    /// <summary>Runs it. It must be the first in this process: what the runtime compiles is a part of every run.</summary>
    /// <param name="bench">The server and the export.</param>
    /// <param name="strategy">The lookup strategy.</param>
    /// <param name="token">Aborts it.</param>
    /// <returns>Where the time went.</returns>
    /// <exception cref="InvalidOperationException">The run failed.</exception>
    public static async Task<RunProfile> RunAsync(Workbench bench, string strategy, CancellationToken token)
    {
        await using var job = CommunicationsJob.Open(bench.ConnectionString, JobDefinition.Write(bench.Folder, strategy));
        using var metrics = new ReconMetrics();
        int[] before = Collections();
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        PipelineResult? result = null;
        Measured cost;
        var watch = new QueueWatch(metrics);
        await using (watch)
        {
            var runner = new PipelineRunner(job.Context() with { Metrics = metrics, Progress = watch });
            cost = await Measured.OfAsync(bench.Clock, async () => result = await runner.RunAsync(
                Guid.CreateVersion7(), CancellationToken.None, token));
        }

        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        int[] collections = [.. Collections().Zip(before, (now, then) => now - then)];
        if (result!.Fault is { } fault)
        {
            throw new InvalidOperationException($"The run failed: {fault.Message}", fault);
        }

        double peak = CpuClock.PeakMegabytes(Environment.ProcessId) ?? 0;
        TimeSpan streaming = watch.Phases.GetValueOrDefault("reading");
        return new RunProfile(
            result.Counts.Read,
            strategy,
            cost.Seconds,
            cost.ClientCpu,
            cost.ServerCpu,
            allocated,
            collections,
            peak,
            watch.Phases,
            [.. result.Blocks.Where(block => block.Batches > 0).Select(block => Cost(block, watch, streaming))],
            await new StageMeter().RunAsync(job, token));
    }

    private static BlockCost Cost(BlockStats block, QueueWatch watch, TimeSpan streaming)
    {
        double waiting = watch.MeanWaiting(block.Name);
        return new BlockCost(
            block.Name,
            block.Parallelism,
            block.Batches,
            block.Times.Working.TotalSeconds,
            block.Utilisation(streaming),
            waiting,
            waiting * streaming.TotalMilliseconds / block.Batches);
    }

    // A collection of an older generation counts for the younger ones, too.
    private static int[] Collections() => [.. Enumerable.Range(0, 3).Select(
        generation => GC.CollectionCount(generation) - (generation < 2 ? GC.CollectionCount(generation + 1) : 0))];
}
