namespace Recon.Postgres.Runs.Shared;

/// <summary>A split of which not every batch is known to be committed. Touched under the board's lock only.</summary>
internal sealed class OpenSplit(IReadOnlyList<SplitBatch> batches)
{
    /// <summary>The number of its first batch.</summary>
    public long Number { get; } = batches[0].Number;

    public IReadOnlyList<SplitBatch> Batches => batches;

    /// <summary>Batches that nobody has told to be committed.</summary>
    public HashSet<long> Left { get; } = [.. batches.Select(batch => batch.Number)];

    /// <summary>Grows each time it is handed out; 0 before the first.</summary>
    public long Epoch { get; set; }

    public SplitState State { get; set; }

    /// <summary>Who has it, or is about to get it.</summary>
    public BoardWorker? Holder { get; set; }

    /// <summary>How often a worker failed with it since the last of its batches was committed.</summary>
    public int InVain { get; set; }

    /// <summary>How often it did not arrive at the worker that has it.</summary>
    public int Untold { get; set; }

    /// <summary>The worker that had it when it broke by a failure that does not pass by itself; <see langword="null"/> for none.</summary>
    public string? BrokeIn { get; set; }

    public SplitMark Mark => new(Number, Epoch);

    /// <summary>The ticket for what is left of it: batches at its start that are committed need not be read again.</summary>
    public SplitTicket Ticket() => new(Number, Epoch, [.. batches.SkipWhile(batch => !Left.Contains(batch.Number))]);
}

internal enum SplitState
{
    /// <summary>It waits for a worker.</summary>
    Queued,

    /// <summary>It is being entered for a worker.</summary>
    Entering,

    /// <summary>A worker has it.</summary>
    Given,

    /// <summary>It is being taken from a worker.</summary>
    TakingBack,
}
