using Recon.Dataflow.Batches;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Queries;

/// <summary>What a pipeline's staging table holds.</summary>
/// <param name="PropertyChanges">Rows by property to update, most first.</param>
/// <param name="LastRun">Counts of the last completed run of the whole input; <see langword="null"/> when there is none.</param>
/// <param name="UnresolvedParents">Parents that were not resolved to one HubSpot record, by how many rows each blocks.</param>
internal sealed record PipelineStats(
    string Pipeline,
    IReadOnlyList<KeyValuePair<string, long>> Statuses,
    long WithChanges,
    IReadOnlyList<KeyValuePair<string, long>> PropertyChanges,
    BatchCounts? LastRun,
    IReadOnlyList<UnresolvedParent> UnresolvedParents)
{
    /// <summary>The gates that refused the latest run, if they did: what is staged is the result of an earlier one.</summary>
    public IReadOnlyList<string> RefusedBy { get; init; } = [];

    /// <summary>The latest run that has ended, with its warnings; <see langword="null"/> when there is none.</summary>
    public WarnedRun? Warned { get; init; }
}

/// <summary>What a run warned of.</summary>
internal sealed record WarnedRun(string Started, string Outcome, IReadOnlyList<string> Warnings);

/// <summary>A parent that was not resolved: no HubSpot record carries its id, or several do.</summary>
internal readonly record struct UnresolvedParent(string Lookup, string LegacyId, long Count);

/// <param name="Finished">When it ended; <see langword="null"/> while it runs or when it was killed.</param>
internal sealed record LoggedRun(
    string RunId,
    string Pipeline,
    string Started,
    string? Finished,
    string Outcome,
    bool Partial,
    BatchCounts Counts,
    double? Seconds,
    string ToolVersion,
    string? Message)
{
    /// <summary>The names of the gates that it exceeded.</summary>
    public IReadOnlyList<string> Gates { get; init; } = [];

    /// <summary>How it came to its result (<see cref="RunWay"/>); <see langword="null"/> for a run of an earlier version.</summary>
    public string? Way { get; init; }

    public string? WayReason { get; init; }

    /// <summary>Rows that it wrote to the result; <see langword="null"/> where nothing was published.</summary>
    public long? Written { get; init; }

    /// <summary>What it was made from.</summary>
    public RunFingerprints Fingerprints { get; init; } = new("", "", "");

    /// <summary>The strategy of each lookup with its reason, as a JSON object.</summary>
    public string Strategies { get; init; } = "{}";

    /// <summary>What it warned of, the most important first.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Where the time of its blocks went, in the order in which a batch passes them.</summary>
    public IReadOnlyList<LoggedBlock> Blocks { get; init; } = [];

    /// <summary>Who did it; nobody for a run of one process.</summary>
    public IReadOnlyList<LoggedWorker> Workers { get; init; } = [];

    /// <summary>The same and the committed records over time; none of a short run.</summary>
    public IReadOnlyList<LoggedPart> Course { get; init; } = [];
}
