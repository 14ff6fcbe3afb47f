using System.Collections.Concurrent;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff.Repeats;
using Recon.Dataflow.Plan;

namespace Recon.Dataflow.Diff;

/// <summary>
/// Compares the rows of a batch with their HubSpot records and encodes what is staged. Thread-safe: each batch takes
/// a worker with its own scratch space, and workers are kept for later batches.
/// </summary>
/// <param name="plan">The compiled pipeline.</param>
/// <param name="stamp">What every row of the run carries.</param>
internal sealed class RecordDiffer(ReconciliationPlan plan, RunStamp stamp)
{
    private readonly ConcurrentBag<DiffWorker> _idle = [];

    /// <summary>The compiled pipeline.</summary>
    public ReconciliationPlan Plan => plan;

    /// <summary>Compares and encodes a batch; its <see cref="RecordBatch.Staged"/> and counts are set.</summary>
    /// <param name="batch">A batch with all of its answers.</param>
    /// <param name="observer">Told every verdict, for explanations and dry runs; slow.</param>
    /// <param name="repeats">
    /// Has seen all batches compared so far and sees this one: rows that it suspects are staged as
    /// <see cref="StagedBatch.Repeats"/>. Without it, none is.
    /// </param>
    public void Diff(RecordBatch batch, IDiffObserver? observer = null, RepeatFilter? repeats = null)
    {
        DiffWorker worker = _idle.TryTake(out DiffWorker? idle) ? idle : new DiffWorker(plan, stamp);
        worker.Diff(batch, observer, repeats);
        _idle.Add(worker);
    }
}

/// <summary>What every row of a run carries.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Clock">Gives <c>last_updated</c>.</param>
/// <param name="Files">Names of the source files, by index, when there are several; empty for one.</param>
internal sealed record RunStamp(Guid RunId, TimeProvider Clock, IReadOnlyList<string> Files);

/// <summary>Is told what was decided about each record.</summary>
internal interface IDiffObserver
{
    /// <summary>A record was decided.</summary>
    /// <param name="batch">Its batch, still in the hands of the differ.</param>
    /// <param name="row">Its row in the batch.</param>
    /// <param name="record">Its story.</param>
    void OnRecord(RecordBatch batch, int row, RecordVerdict record);
}

/// <summary>The story of one record.</summary>
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
