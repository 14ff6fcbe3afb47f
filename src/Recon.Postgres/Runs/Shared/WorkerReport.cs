namespace Recon.Postgres.Runs.Shared;

/// <summary>What a worker did and is.</summary>
/// <param name="Worker">Its name (<see cref="WorkerCard.Name"/>).</param>
/// <param name="Board">What it joined (<see cref="RunTerms.Board"/>): nothing else counts what it tells.</param>
/// <param name="Wants">How many splits it has room for.</param>
/// <param name="Committed">Batches committed since the last report that was answered, each with the counts that are in the ledger.</param>
/// <param name="Done">Splits of which all batches are committed.</param>
internal sealed record WorkerReport(
    string Worker, Guid Board, int Wants, IReadOnlyList<CommittedEntry> Committed, IReadOnlyList<SplitMark> Done)
{
    /// <summary>What it counted since it joined; <see langword="null"/> when nothing is to be told.</summary>
    public WorkerFigures? Figures { get; init; }

    /// <summary>
    /// All splits that it has and that are not among <see cref="Done"/>: one that the coordinator gave it and that is missing was lost on
    /// the way, and is told again. <see langword="null"/> when it does not say.
    /// </summary>
    public IReadOnlyList<SplitMark>? Holds { get; init; }

    /// <summary>What broke in it, for which it leaves; <see langword="null"/> for nothing. It ends the run when it is no trouble of this worker alone.</summary>
    public WorkerFault? Fault { get; init; }

    /// <summary>Whether it leaves the run, and gives back what it has: nothing follows from it.</summary>
    public bool Leaves { get; init; }
}

/// <summary>A committed batch.</summary>
/// <param name="Counts">Its counts as JSON, as in the ledger.</param>
/// <param name="CopiedBytes">Rows as COPY sent them.</param>
internal sealed record CommittedEntry(long Batch, string Counts, long CopiedBytes);

internal sealed record SplitMark(long Split, long Epoch);

/// <summary>A failure of a worker.</summary>
/// <param name="Message">What is told to people, as it would be without workers.</param>
internal sealed record WorkerFault(WorkerFaultKind Kind, string Message)
{
    /// <summary>Whether it may have committed batches before.</summary>
    public bool HasWritten { get; init; }
}

internal enum WorkerFaultKind
{
    /// <summary>The input cannot be used.</summary>
    Input,

    /// <summary>The input changed while it was read: nothing of the attempt can be used.</summary>
    MixedInput,

    /// <summary>The mirror is not as the definition says.</summary>
    Mirror,

    /// <summary>The staging schema is not usable.</summary>
    Staging,

    /// <summary>Anything else.</summary>
    Other,

    /// <summary>One that passes by itself, as far as a worker can tell, such as a lost connection.</summary>
    Passing,
}

/// <summary>What a worker counted since it joined the run.</summary>
/// <param name="Blocks">Where the time of its blocks' workers went, in the order of the definition; the reader first.</param>
/// <param name="Lookups">What its lookups were asked, in the order of the definition.</param>
/// <param name="MostResidentBatches">The most batches that were between its reader and commit at one time.</param>
/// <param name="MemoryBytes">Its working set.</param>
internal sealed record WorkerFigures(
    IReadOnlyList<BlockFigures> Blocks, IReadOnlyList<LookupFigures> Lookups, long MostResidentBatches, long MemoryBytes);

/// <summary>Times in ticks of 100 ns, added up over the block's workers.</summary>
/// <param name="Queued">Batches that wait in it now.</param>
internal sealed record BlockFigures(long Busy, long Waiting, long Idle, long Blocked, long Committing, long Batches, long Queued);

/// <summary>What a lookup was asked, and what it found.</summary>
/// <param name="Ids">Distinct ids for which the server was asked.</param>
/// <param name="Cached">Ids that a table in memory was asked for.</param>
/// <param name="Remembered">Ids known from earlier batches.</param>
/// <param name="Records">Records that had something to look for.</param>
/// <param name="Hits">Those for which something was found.</param>
/// <param name="Unfound">Some of the ids that were not found, as the file has them: those with the smallest hashes.</param>
/// <param name="AreAllUnfound">Whether there were no more.</param>
/// <param name="MedianTicks">The median of its latest answers in ticks; <see langword="null"/> before the first.</param>
/// <param name="SlowestTicks">What 95 of 100 of them did not exceed.</param>
internal sealed record LookupFigures(
    long Ids,
    long Cached,
    long Remembered,
    long Records,
    long Hits,
    IReadOnlyList<string> Unfound,
    bool AreAllUnfound,
    long? MedianTicks,
    long? SlowestTicks)
{
    /// <summary>The same with what another worker was told.</summary>
    public LookupFigures Plus(LookupFigures other) => other with
    {
        Ids = Ids + other.Ids,
        Cached = Cached + other.Cached,
        Remembered = Remembered + other.Remembered,
        Records = Records + other.Records,
        Hits = Hits + other.Hits,
        MedianTicks = other.MedianTicks ?? MedianTicks,
        SlowestTicks = SlowestTicks > other.SlowestTicks || other.SlowestTicks is null ? SlowestTicks : other.SlowestTicks,
    };
}
