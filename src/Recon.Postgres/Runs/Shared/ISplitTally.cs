namespace Recon.Postgres.Runs.Shared;

/// <summary>What a run makes of what its workers tell.</summary>
internal interface ISplitTally
{
    /// <summary>Counts a batch that a worker tells of.</summary>
    /// <returns>Its records; 0 for one that was counted before.</returns>
    long Commit(CommittedEntry entry);

    /// <summary>Takes what a worker counted since it joined.</summary>
    void Tell(BoardWorker worker, WorkerFigures figures);

    /// <summary>A worker counts no more.</summary>
    void Leave(BoardWorker worker);

    /// <summary>Whether the input is not what it was when the run opened it.</summary>
    ValueTask<bool> IsInputChangedAsync(CancellationToken cancellationToken);
}
