using Recon.Dataflow.Batches;
using Recon.Dataflow.Lookup;

namespace Recon.Postgres.Decisions;

/// <summary>The decisions about the records of a pipeline, as a run obeys them. Some 300 bytes of memory each.</summary>
/// <param name="decisions">All of them.</param>
/// <param name="last">The last entry of the history when they were read; 0 for none.</param>
internal sealed class PipelineDecisions(IReadOnlyList<Decision> decisions, long last)
{
    public static PipelineDecisions None { get; } = new([], 0);

    /// <summary>The last entry of the history when they were read; 0 for none.</summary>
    public long Last => last;

    public int Count { get; } = decisions.Count;

    /// <summary>What lookups obey; <see langword="null"/> where nobody decided on a HubSpot record.</summary>
    public RecordDecisions? Records { get; } = Of(decisions);

    /// <summary>Which rows count of legacy ids whose rows disagree, by legacy id.</summary>
    public IReadOnlyDictionary<string, KeptRow> Kept { get; } = decisions.Where(decision => decision.Keeps is not null)
        .ToDictionary(decision => decision.LegacyId, decision => decision.Keeps!, StringComparer.Ordinal);

    private static RecordDecisions? Of(IEnumerable<Decision> decisions)
    {
        KeyValuePair<string, RecordDecision>[] records =
            [.. from decision in decisions where decision.ForRuns is not null select KeyValuePair.Create(decision.LegacyId, decision.ForRuns!)];
        return records.Length == 0 ? null : new RecordDecisions(records);
    }
}
