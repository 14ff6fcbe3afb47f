namespace Recon.Samples;

/// <summary>What a run must make of a record of the file.</summary>
internal enum RecordOutcome
{
    /// <summary>Staged: one live HubSpot record.</summary>
    Matched,

    /// <summary>Staged: no HubSpot record.</summary>
    Unmatched,

    /// <summary>Staged: two live HubSpot records.</summary>
    Ambiguous,

    /// <summary>Staged: a later row disagrees.</summary>
    Conflict,

    /// <summary>Repeats an earlier row.</summary>
    Folded,

    /// <summary>Deleted in the legacy system.</summary>
    Filtered,

    /// <summary>Malformed, or without a usable id.</summary>
    Rejected,
}
