namespace Recon.Postgres.Queries.Review;

/// <summary>A side of a record by which records are told apart and counted.</summary>
internal enum ReviewFacet
{
    /// <summary>The staged status; <c>rejected</c> and <c>filtered</c> for records of the file that are not staged.</summary>
    Status,

    /// <summary>The rule that found the HubSpot record.</summary>
    Rule,

    /// <summary>How sure that rule is: a name of <see cref="ConfidenceBand"/>.</summary>
    Confidence,

    /// <summary>A property that would change.</summary>
    Property,

    /// <summary>What the change does: a name of <see cref="ChangeKinds"/>.</summary>
    Change,

    /// <summary>Why a value or a record is not used: <c>value/PROPERTY/CODE</c> or <c>reject/CODE</c>.</summary>
    Reason,

    /// <summary>The filter that left a record out.</summary>
    Filter,

    /// <summary>How many HubSpot records it may be: a name of <see cref="CandidateCounts"/>.</summary>
    Candidates,

    /// <summary>The lookup of a parent that was not found.</summary>
    Parent,

    /// <summary><c>yes</c> where somebody has decided about the record, else <c>no</c>.</summary>
    Decided,
}
