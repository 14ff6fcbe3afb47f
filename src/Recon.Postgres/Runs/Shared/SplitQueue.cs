namespace Recon.Postgres.Runs.Shared;

/// <summary>The open splits of a run: which wait, who has which, and which batches are not committed. Not thread-safe: the board has the lock.</summary>
internal sealed class SplitQueue
{
    private readonly LinkedList<OpenSplit> _waiting = [];
    private readonly Dictionary<long, OpenSplit> _byBatch = [];
    private readonly HashSet<OpenSplit> _open = [];
    private long _cut;
    private long _committed;

    /// <summary>Splits that wait for a worker.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Whether every batch is committed.</summary>
    public bool IsEmpty => _open.Count == 0;

    /// <summary>Whether nobody has a split, or is about to get or lose one.</summary>
    public bool IsAtRest => _open.All(split => split.State == SplitState.Queued);

    /// <summary>The share of the batches that were cut so far that is committed, 0 to 1.</summary>
    public double Share => _cut == 0 ? 1 : (double)_committed / _cut;

    public void Add(IReadOnlyList<SplitBatch> batches)
    {
        var split = new OpenSplit(batches);
        _open.Add(split);
        _waiting.AddLast(split);
        _cut += batches.Count;
        foreach (SplitBatch batch in batches)
        {
            _byBatch[batch.Number] = split;
        }
    }

    public bool IsOpen(OpenSplit split) => _open.Contains(split);

    /// <returns>The splits that workers have, or are about to get, of which more batches are left.</returns>
    public List<OpenSplit> GivenWithMoreThan(int batches)
        => [.. _open.Where(split => split.State is SplitState.Given or SplitState.Entering && split.Left.Count > batches)];

    /// <summary>A batch is committed.</summary>
    /// <returns>Whether it was the last one of its split.</returns>
    public bool Commit(long batch)
    {
        if (!_byBatch.Remove(batch, out OpenSplit? split))
        {
            return false;
        }

        _committed++;
        split.Left.Remove(batch);
        split.InVain = 0;
        if (split.Left.Count > 0)
        {
            return false;
        }

        _open.Remove(split);
        if (split.State == SplitState.Queued)
        {
            _waiting.Remove(split);
        }

        split.Holder?.Held.Remove(split);
        return true;
    }

    /// <summary>Takes splits from the front for a worker; they are entered for it next.</summary>
    /// <param name="isAlone">Whether nobody else could do what broke in it.</param>
    public List<OpenSplit> Reserve(BoardWorker worker, int most, bool isAlone)
    {
        List<OpenSplit> reserved = [.. _waiting.Where(split => isAlone || split.BrokeIn != worker.Card.Name).Take(most)];
        foreach (OpenSplit split in reserved)
        {
            _waiting.Remove(split);
            (split.State, split.Holder) = (SplitState.Entering, worker);
            worker.Held.Add(split);
        }

        return reserved;
    }

    /// <summary>Splits were entered for a worker.</summary>
    /// <returns>Those that it gets, and those that were taken from it meanwhile.</returns>
    public (List<OpenSplit> Given, List<OpenSplit> Lost) Give(List<OpenSplit> reserved, IReadOnlyDictionary<long, long> epochs)
    {
        reserved.ForEach(split => split.Epoch = epochs[split.Number]);
        List<OpenSplit> given = [.. reserved.Where(split => IsOpen(split) && split.State == SplitState.Entering)];
        given.ForEach(split => (split.State, split.Untold) = (SplitState.Given, 0));
        return (given, [.. reserved.Where(split => IsOpen(split) && split.State == SplitState.TakingBack)]);
    }

    /// <summary>Takes splits from whoever has them.</summary>
    /// <returns>Those whose epoch is to be raised now; those that are just being entered follow when they are.</returns>
    public static List<OpenSplit> TakeBack(List<OpenSplit> splits)
    {
        List<OpenSplit> entered = [.. splits.Where(split => split.State != SplitState.Entering)];
        foreach (OpenSplit split in splits)
        {
            if (split.Holder is { } holder)
            {
                holder.Held.Remove(split);
                holder.Revoked.Add((split, split.Mark));
            }

            (split.State, split.Holder) = (SplitState.TakingBack, null);
        }

        return entered;
    }

    /// <summary>Puts splits that nobody can commit any more to the front, in their order.</summary>
    public void Return(IReadOnlyList<OpenSplit> splits)
    {
        foreach (OpenSplit split in splits.Reverse())
        {
            split.Holder?.Held.Remove(split);
            split.Holder = null;
            if (IsOpen(split))
            {
                split.State = SplitState.Queued;
                _waiting.AddFirst(split);
            }
        }
    }
}
