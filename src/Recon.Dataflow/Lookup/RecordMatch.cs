namespace Recon.Dataflow.Lookup;

/// <summary>How many HubSpot records a legacy record has.</summary>
internal enum MatchStatus
{
    /// <summary>None.</summary>
    Unmatched,

    /// <summary>One.</summary>
    Matched,

    /// <summary>Several, so none is chosen.</summary>
    Ambiguous,
}

/// <summary>The HubSpot record of a legacy record, and which rule found it.</summary>
/// <param name="Lookup">Index of the lookup that decided; -1 when none found anything.</param>
/// <param name="MirrorRow">The record's index in that lookup's answer; -1 unless there is exactly one.</param>
/// <param name="Rule">Name of the rule that decided; <see langword="null"/> when none found anything.</param>
/// <param name="Confidence">Confidence of the match in percent; 0 unless there is exactly one.</param>
internal readonly record struct RecordMatch(MatchStatus Status, int Lookup, int MirrorRow, string? Rule, double Confidence)
{
    /// <summary>The status as it is staged and shown.</summary>
    public string StatusText => TextOf(Status);

    /// <summary>A status as it is staged and shown.</summary>
    public static string TextOf(MatchStatus status) => status switch
    {
        MatchStatus.Matched => "matched",
        MatchStatus.Ambiguous => "ambiguous",
        _ => "unmatched",
    };
}
