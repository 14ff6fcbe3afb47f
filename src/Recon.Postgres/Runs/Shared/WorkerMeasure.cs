using Recon.Dataflow.Lookup;
using Recon.Dataflow.Telemetry;
using Recon.Dataflow.Topology;

namespace Recon.Postgres.Runs.Shared;

/// <summary>What a worker's graph and lookups counted, as it is reported.</summary>
internal static class WorkerMeasure
{
    public static WorkerFigures Of(ReconciliationGraph graph, MirrorSession mirror)
    {
        (_, BlockTimes[] times) = graph.Times.Read();
        return new WorkerFigures(
            [.. graph.Blocks.Select((block, index) => Block(block, times[index]))],
            [.. mirror.Meters.Zip(mirror.Tallies, (meter, tally) => Lookup(meter.Read(), tally.Tally))],
            graph.MostResidentBatches,
            Environment.WorkingSet);
    }

    private static BlockFigures Block(BlockStats block, BlockTimes times) => new(
        times.Busy.Ticks, times.Waiting.Ticks, times.Idle.Ticks, times.Blocked.Ticks, times.Committing.Ticks, block.Batches, block.Queued);

    private static LookupFigures Lookup(LookupCounts counts, LookupTally tally)
    {
        (IReadOnlyList<string> unfound, bool areAll) = tally.Unfound;
        return new LookupFigures(
            counts.Asked,
            counts.Cached,
            counts.Remembered,
            tally.Asked,
            tally.Found,
            unfound,
            areAll,
            counts.Median?.Ticks,
            counts.Slowest?.Ticks);
    }
}
