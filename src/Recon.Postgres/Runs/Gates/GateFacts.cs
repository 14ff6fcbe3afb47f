using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;

namespace Recon.Postgres.Runs.Gates;

/// <summary>What the gates look at.</summary>
/// <param name="Counts">The counts of the whole run.</param>
/// <param name="IsWhole">Whether the run is to read the whole input.</param>
/// <param name="Former">The result that would be replaced.</param>
/// <param name="Keyed">Names of the lookups that found nothing at all although their tables have keys.</param>
internal sealed record GateFacts(
    ValidPipeline Pipeline,
    BatchCounts Counts,
    RunFindings Findings,
    bool IsWhole,
    FormerResult Former,
    IReadOnlySet<string> Keyed)
{
    /// <summary>Lookups most of whose ids are not found, and are in the mirror all the same.</summary>
    public IReadOnlyDictionary<string, UnfoundCause> Unfound { get; init; } = new Dictionary<string, UnfoundCause>();

    /// <summary>Whether far fewer rows are found than before, and most of those that are not were found then.</summary>
    public bool WereFound { get; init; }

    /// <summary>Hides values of records; <see langword="null"/> shows them.</summary>
    public Func<string, string>? Mask { get; init; }
}
