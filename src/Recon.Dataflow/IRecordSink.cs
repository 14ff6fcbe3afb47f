namespace Recon.Dataflow;

/// <summary>
/// Receives reconciled records instead of the staging tables: a run with a sink writes nothing to PostgreSQL, takes no
/// lease and cannot be resumed. As in a dry run, repeats of a legacy id are not folded; and where several
/// legacy records claim one HubSpot record, all of them come as <c>matched</c>: which one keeps it is known after the last.
/// </summary>
public interface IRecordSink
{
    /// <summary>
    /// Receives the records of one batch. Called for several batches at the same time, as many as the stage block has
    /// <c>writers</c>, in any order. An exception fails the run.
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="cancellationToken">Cancelled when the run ends early.</param>
    ValueTask WriteAsync(ReconciledBatch batch, CancellationToken cancellationToken);
}

/// <summary>The reconciled records of one batch.</summary>
/// <param name="Pipeline">The pipeline's name.</param>
/// <param name="Number">The batch's number, from 1; the same records have the same number in every run.</param>
/// <param name="Records">The records, in the order of the input. Rejected and filtered ones are only counted.</param>
public sealed record ReconciledBatch(string Pipeline, long Number, IReadOnlyList<ReconciledRecord> Records);

/// <summary>One reconciled record.</summary>
/// <param name="LegacyId">The canonical legacy id.</param>
/// <param name="HubspotId">The HubSpot id; <see langword="null"/> for a record that is not matched.</param>
/// <param name="Updates">New values by property; empty when nothing differs. An empty text clears the property.</param>
/// <param name="Previous">What HubSpot held for the same properties; <see langword="null"/> where it held nothing.</param>
/// <param name="Confidence">0 to 100; <see langword="null"/> for a record that is not matched.</param>
/// <param name="Status"><c>matched</c>, <c>unmatched</c>, <c>ambiguous</c> or <c>conflict</c>.</param>
public sealed record ReconciledRecord(
    string LegacyId,
    long? HubspotId,
    IReadOnlyDictionary<string, string> Updates,
    IReadOnlyDictionary<string, string?> Previous,
    decimal? Confidence,
    string Status)
{
    /// <summary>Remarks for people; <see langword="null"/> for none.</summary>
    public string? Notes { get; init; }

    /// <summary>The line of the input on which the record starts, from 1; <see langword="null"/> where it is not known.</summary>
    public long? SourceLine { get; init; }

    /// <summary>The HubSpot object type that a column tells; <see langword="null"/> when none does, or its value has no mapping.</summary>
    internal string? ObjectType { get; init; }
}
