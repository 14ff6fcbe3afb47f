namespace Recon.Postgres.Tuning;

/// <summary>What a round of measurements varies.</summary>
internal enum TuneAspect
{
    BatchRows,

    /// <summary>Batches that lookups ask about at a time.</summary>
    Parallelism,

    Writers,

    /// <summary>Batches that are compared at a time.</summary>
    Diffs,

    Strategy,

    /// <summary>The present settings against the best ones, measured afresh.</summary>
    Confirmation,
}

/// <summary>What the measurements say about settings.</summary>
internal enum TuneVerdict
{
    /// <summary>What the others are compared with.</summary>
    Reference,

    /// <summary>Clearly faster than the reference.</summary>
    Faster,

    /// <summary>No difference that the measurements support.</summary>
    NoDifference,

    Slower,

    /// <summary>Cannot be tried here.</summary>
    Refused,

    /// <summary>Does the same as other settings of the round, which were measured.</summary>
    Same,
}

/// <summary>Settings of a round and what was measured of them.</summary>
/// <param name="Trials">The trials, in the order in which they ran.</param>
/// <param name="Gain">Time saved against the reference, as a share: 0.2 is a fifth less; negative when slower.</param>
/// <param name="Note">Why it was not tried, or what it does the same as; <see langword="null"/> otherwise.</param>
internal sealed record TuneCandidate(
    TuneSettings Settings, IReadOnlyList<Trial> Trials, TuneVerdict Verdict, double Gain, string? Note);

/// <summary>Settings that were measured in turns.</summary>
/// <param name="Noise">How much the reference differs from repetition to repetition: median deviation from its median, as a share.</param>
internal sealed record TuneRound(
    TuneAspect Aspect, IReadOnlyList<TuneCandidate> Candidates, TuneSettings Chosen, double Noise);

/// <summary>The whole search.</summary>
/// <param name="WholeRecords">Records of the whole input; an estimate unless the slice is all of it.</param>
/// <param name="Recommended">The settings to use: the present ones unless others were clearly faster, twice.</param>
/// <param name="Gain">Time saved by the recommended settings, as a share; 0 for the present ones.</param>
internal sealed record TuneReport(
    string Pipeline,
    long Records,
    long WholeRecords,
    TuneSettings Present,
    TuneSettings Recommended,
    double Gain,
    IReadOnlyList<TuneRound> Rounds,
    TuneLimit Limit)
{
    /// <summary>Whether the slice is the whole input.</summary>
    public bool IsWhole => Records >= WholeRecords;
}
