namespace Recon.Postgres.Queries;

/// <summary>A run whose result was published.</summary>
/// <param name="Started">When, in UTC.</param>
internal sealed record ComparedRun(Guid RunId, string Started);

/// <summary>What differs between the results of two runs of a pipeline.</summary>
/// <param name="From">The earlier run.</param>
/// <param name="Rows">Rows of the later run's result.</param>
/// <param name="Differing">Records whose outcome differs: status, HubSpot record, updates, or what HubSpot holds for these.</param>
/// <param name="Statuses">Those of them that came, went or have another status, the most frequent first.</param>
/// <param name="Properties">What became of their updates, by property.</param>
/// <param name="Causes">What else differs in those records; each is counted once.</param>
/// <param name="Records">Some of them, in the order of their ids.</param>
internal sealed record RunDifference(
    string Pipeline,
    ComparedRun From,
    ComparedRun To,
    long Rows,
    long Differing,
    IReadOnlyList<StatusDifference> Statuses,
    IReadOnlyList<PropertyDifference> Properties,
    IReadOnlyList<CauseOfDifference> Causes,
    IReadOnlyList<DifferingRecord> Records)
{
    public long Added => Statuses.Where(each => each.From is null).Sum(each => each.Count);

    public long Gone => Statuses.Where(each => each.To is null).Sum(each => each.Count);

    /// <summary>Records of both runs with another status.</summary>
    public long WithOtherStatus => Statuses.Sum(each => each.Count) - Added - Gone;
}

/// <param name="From">The status before; <see langword="null"/> for a record that was not there.</param>
/// <param name="To">The status after; <see langword="null"/> for one that is gone.</param>
/// <param name="Causes">What else differs in these records, the most frequent first; each is counted once.</param>
internal sealed record StatusDifference(string? From, string? To, long Count, IReadOnlyList<string> LegacyIds, IReadOnlyList<CauseOfDifference> Causes);

/// <summary>What became of a property's updates.</summary>
/// <param name="Added">Records that would not change the property before, and would now.</param>
/// <param name="Dropped">Records that would have changed it, and would not now.</param>
/// <param name="OtherValue">Records that would set it to another value.</param>
/// <param name="OtherFormer">Records that would set it to the same value, but HubSpot holds another one.</param>
internal sealed record PropertyDifference(
    string Property, long Added, long Dropped, long OtherValue, long OtherFormer, IReadOnlyList<string> LegacyIds);

/// <summary>What differs in a record beside its outcome.</summary>
/// <param name="Cause">One of the constants here.</param>
internal sealed record CauseOfDifference(string Cause, long Count, IReadOnlyList<string> LegacyIds)
{
    /// <summary>The record of the export, or those that repeat its id.</summary>
    public const string Legacy = "legacy";

    /// <summary>What HubSpot holds: by the values that are staged, or because nothing else can have changed.</summary>
    public const string Hubspot = "hubspot";

    /// <summary>Both.</summary>
    public const string Both = "both";

    /// <summary>Other records that claim its HubSpot record.</summary>
    public const string Claims = "claims";

    /// <summary>Somebody has decided about it, or has taken that back.</summary>
    public const string Decision = "decision";

    /// <summary>None of the values that are staged; the definition differs.</summary>
    public const string Definition = "definition";

    /// <summary>None of the values that are staged; the version of recon differs.</summary>
    public const string Tool = "tool";

    /// <summary>None of the values that are staged; the input differs, and so perhaps the keys of fallbacks.</summary>
    public const string Other = "other";

    /// <summary>Not all runs have read the same records.</summary>
    public const string Input = "input";
}

/// <summary>A record before and after.</summary>
/// <param name="Cause">One of the constants of <see cref="CauseOfDifference"/>.</param>
/// <param name="Before">Its outcome in the earlier run; <see langword="null"/> when it was not there.</param>
/// <param name="After">Its outcome in the later run; <see langword="null"/> when it is gone.</param>
internal sealed record DifferingRecord(string LegacyId, string Cause, RecordOutcome? Before, RecordOutcome? After);

/// <param name="Updates">The values that HubSpot would be given, by property; <see langword="null"/> clears.</param>
/// <param name="Previous">What HubSpot holds for them.</param>
internal sealed record RecordOutcome(
    string Status, long? HubspotId, IReadOnlyDictionary<string, string?> Updates, IReadOnlyDictionary<string, string?> Previous);

/// <summary>Two runs of a pipeline cannot be compared.</summary>
/// <param name="message">Why, and which can, for people.</param>
internal sealed class NotComparableException(string message) : Exception(message);
