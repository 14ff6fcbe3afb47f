namespace Recon.Postgres.Runs.Shared;

/// <summary>
/// Tells which failures of workers end the run. One that a single worker has may be its own: its disk, its memory, its way to the
/// server. One that follows a split is the run's.
/// </summary>
internal static class SplitTroubles
{
    /// <summary>So often in a row a split may come back, by failures that pass by themselves, without one of its batches being committed.</summary>
    public const int MostInVain = 5;

    /// <summary>A worker failed while it had splits.</summary>
    /// <returns>What ends the run; <see langword="null"/> where others may do the splits.</returns>
    public static Exception? Note(string pipeline, IEnumerable<OpenSplit> splits, BoardWorker worker, WorkerFault fault)
    {
        Exception? end = null;
        foreach (OpenSplit split in splits)
        {
            if (++split.InVain >= MostInVain)
            {
                end ??= new WorkerFaultException(
                    $"Batches {split.Number} to {split.Batches[^1].Number} of '{pipeline}' were given to workers {split.InVain} times in a row, and came "
                    + $"back each time without one of them being committed. The last time: {fault.Message}");
            }

            if (fault.Kind != WorkerFaultKind.Passing)
            {
                end ??= split.BrokeIn is null ? null : WorkerFaultException.Of(fault);
                split.BrokeIn = worker.Card.Name;
            }
        }

        return end;
    }
}
