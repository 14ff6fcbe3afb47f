using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Diff.Repeats;
using Recon.Dataflow.Topology;
using Recon.Postgres.Runs.Reruns;
using Recon.Postgres.Staging;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Runs;

/// <summary>
/// The path of a batch, wired here for all that take it: a run, a dry run and the trials of <c>recon tune</c> differ in
/// where it ends.
/// </summary>
internal static class BatchPath
{
    /// <summary>Wires reader, lookups, comparison and sink.</summary>
    /// <param name="sink">Takes each compared batch, several at the same time; the graph disposes it afterwards.</param>
    /// <param name="rerun">Knows the published result, if only what differs from it is written.</param>
    /// <param name="repeats">Has to know of every batch of the input; without it, no row is set apart as a repeat.</param>
    /// <param name="read">Reads the batches in place of the input.</param>
    public static ReconciliationGraph Wire(
        RunContext context,
        RunInput input,
        MirrorSession mirror,
        RecordDiffer differ,
        Func<RecordBatch, CancellationToken, ValueTask> sink,
        IRepeatMarks? repeats = null,
        IDiffObserver? observer = null,
        Rerun? rerun = null,
        Func<IWaits, CancellationToken, ValueTask<RecordBatch?>>? read = null)
        => new(
            context.Pipeline,
            new GraphStages(
                Read: read ?? (rerun is null ? input.ReadAsync : (waits, token) => rerun.ReadAsync(() => input.ReadAsync(waits, token), token)),
                Lookups: mirror.TalliedLookups,
                Diff: batch => differ.Diff(batch, observer, repeats),
                Stage: sink),
            context.Clock,
            context.Metrics,
            context.Pause);

    /// <summary>What commits batches to a run's own table.</summary>
    /// <param name="splits">Which splits a worker may commit; <see langword="null"/> for a run that does everything itself.</param>
    public static BatchWriter WriterTo(RunContext context, RecordDiffer differ, AttemptTable table, RunIdentity run, RunInput input, SplitFence? splits = null)
        => new(
            context.Sources.Writer,
            context.Tables,
            table.Name,
            new TupleLayout(table.Layout, input.FileNames.Count > 1),
            differ,
            input.Columns.Source.IndexOf(context.Pipeline.Csv.Id),
            run,
            input.FileNames,
            context.BatchRetry(),
            context.Clock,
            context.Metrics,
            splits);
}
