using Microsoft.Extensions.Logging;

namespace Recon.Postgres.Runs.Shared;

/// <summary>
/// Tells which failures of workers end the run. One that a single worker has may be its own: its disk, its memory, its way to the
/// server. One that follows a split is the run's. Not thread-safe: the board has the lock.
/// </summary>
internal sealed class SplitTroubles(ILogger logger, string pipeline)
{
    /// <summary>So often in a row a split may come back, by failures that pass by themselves, without one of its batches being committed.</summary>
    public const int MostInVain = 5;

    /// <summary>So often a split is told again to a worker at which it did not arrive, before others get it.</summary>
    public const int MostToldAgain = 1;

    /// <summary>A worker failed while it had splits.</summary>
    /// <returns>What ends the run; <see langword="null"/> where others may do the splits.</returns>
    public Exception? Failed(BoardWorker worker, WorkerFault fault)
    {
        logger.SharerFailed(pipeline, worker.Card.Host, worker.Card.ProcessId, fault.Message);

        // Of a copy of the input that is not the run's, nobody else has any trouble.
        return fault.Kind == WorkerFaultKind.MixedInput ? null : Note(worker, fault);
    }

    /// <summary>A worker shows no sign of life any more.</summary>
    /// <returns>What ends the run; <see langword="null"/> where others may do its splits.</returns>
    public Exception? FellSilent(BoardWorker worker, TimeSpan silence)
    {
        logger.WorkerSilent(pipeline, worker.Card.Host, worker.Card.ProcessId, silence.TotalSeconds, worker.Held.Count);
        return Note(worker, new WorkerFault(
            WorkerFaultKind.Passing,
            $"the worker of {worker.Card.Host}, process {worker.Card.ProcessId}, showed no sign of life for {silence.TotalSeconds:0} s."));
    }

    /// <summary>Splits did not arrive at the worker that they were given to.</summary>
    /// <returns>What ends the run; <see langword="null"/> where they may be told again.</returns>
    public Exception? NotReceived(BoardWorker worker, IEnumerable<OpenSplit> splits)
    {
        Exception? end = null;
        foreach (OpenSplit split in splits)
        {
            split.Untold++;
            split.InVain++;
            end ??= OfAll(split, new WorkerFault(
                WorkerFaultKind.Passing, $"it never arrived at the worker of {worker.Card.Host}, process {worker.Card.ProcessId}."));
        }

        return end;
    }

    private WorkerFaultException? OfAll(OpenSplit split, WorkerFault fault) => split.InVain < MostInVain ? null : new WorkerFaultException(
        $"Batches {split.Number} to {split.Batches[^1].Number} of '{pipeline}' were given to workers {split.InVain} times in a row "
        + $"without one of them being committed. The last time: {fault.Message}");

    private Exception? Note(BoardWorker worker, WorkerFault fault)
    {
        Exception? end = null;
        foreach (OpenSplit split in worker.Held.Where(static split => split.State == SplitState.Given))
        {
            split.InVain++;
            end ??= OfAll(split, fault);
            if (fault.Kind != WorkerFaultKind.Passing)
            {
                end ??= split.BrokeIn is null ? null : WorkerFaultException.Of(fault);
                split.BrokeIn = worker.Card.Name;
            }
        }

        return end;
    }
}
