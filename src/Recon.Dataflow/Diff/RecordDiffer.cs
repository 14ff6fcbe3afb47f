using System.Collections.Concurrent;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff.Repeats;
using Recon.Dataflow.Plan;

namespace Recon.Dataflow.Diff;

/// <summary>
/// Compares the rows of a batch with their HubSpot records. Thread-safe: each batch takes a worker with its own scratch
/// space and encoder, and workers are kept for later batches.
/// </summary>
/// <param name="plan">The compiled pipeline.</param>
/// <param name="encoders">Makes the sink's encoders; <see langword="null"/> where rows are only compared and counted.</param>
internal sealed class RecordDiffer(ReconciliationPlan plan, Func<IRowEncoder>? encoders = null)
{
    private readonly ConcurrentBag<DiffWorker> _idle = [];

    /// <summary>Compares a batch; its counts and, with encoders, its <see cref="RecordBatch.Staged"/> are set.</summary>
    /// <param name="batch">A batch with all of its answers.</param>
    /// <param name="observer">Receives every verdict, for explanations and dry runs; slow.</param>
    /// <param name="repeats">
    /// Knows of all batches, or of those compared so far and this one: rows that it suspects are marked as
    /// <see cref="ComparedRow.MayRepeat"/>. Without it, none is.
    /// </param>
    public void Diff(RecordBatch batch, IDiffObserver? observer = null, IRepeatMarks? repeats = null)
    {
        DiffWorker worker = _idle.TryTake(out DiffWorker? idle) ? idle : new DiffWorker(plan, encoders?.Invoke());
        worker.Diff(batch, observer, repeats);
        _idle.Add(worker);
    }

    /// <summary>Counts a batch again after it was compared: the sink refused some of its rows.</summary>
    /// <param name="without">The rows that count as read, and as nothing else.</param>
    public void Recount(RecordBatch batch, IReadOnlySet<int> without) => new DiffWorker(plan, encoder: null).Recount(batch, without);
}

/// <summary>Receives what was decided about each record.</summary>
internal interface IDiffObserver
{
    /// <summary>A record was decided.</summary>
    /// <param name="batch">Its batch, still in the hands of the differ.</param>
    /// <param name="row">Its row in the batch.</param>
    /// <param name="record">Its story.</param>
    void OnRecord(RecordBatch batch, int row, RecordVerdict record);
}

/// <summary>How one record was reconciled.</summary>
/// <param name="Line">The line of the input on which it starts.</param>
/// <param name="LegacyId">Its legacy id.</param>
/// <param name="HubspotId">The HubSpot record's id; <see langword="null"/> unless there is exactly one.</param>
/// <param name="Status">The staged status, or <c>rejected</c>.</param>
/// <param name="Rule">The match rule that decided; <see langword="null"/> when nothing was found.</param>
/// <param name="Candidates">HubSpot ids of all candidates of the rule that decided.</param>
/// <param name="Notes">The staged notes; <see langword="null"/> for none.</param>
/// <param name="Properties">The verdict on each property.</param>
public sealed record RecordVerdict(
    long Line,
    string LegacyId,
    long? HubspotId,
    string Status,
    string? Rule,
    IReadOnlyList<long> Candidates,
    string? Notes,
    IReadOnlyList<PropertyVerdict> Properties);
