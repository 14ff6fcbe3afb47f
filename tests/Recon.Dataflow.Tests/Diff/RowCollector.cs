using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Plan;

namespace Recon.Dataflow.Tests.Diff;

/// <summary>Keeps the rows of one batch as texts.</summary>
internal sealed class RowCollector(ReconciliationPlan plan) : IRowEncoder, IStagedRows
{
    private readonly List<CollectedRow> _rows = [];

    public IReadOnlyList<CollectedRow> Rows => _rows;

    public long HeldBytes => 0;

    public bool IsDisposed { get; private set; }

    public IStagedRows Begin(RecordBatch batch, int suspects)
    {
        _rows.Clear();
        return this;
    }

    public void Add(in ComparedRow row) => _rows.Add(new CollectedRow(
        row.Row,
        Encoding.UTF8.GetString(row.Field(plan.IdColumn)),
        row.Mirror?.HubspotId(row.Match.MirrorRow),
        row.Match.StatusText,
        row.Match.Rule,
        Encoding.UTF8.GetString(row.Updates),
        Encoding.UTF8.GetString(row.Previous),
        row.Notes.Length == 0 ? null : row.Notes.ToString(),
        row.MayRepeat));

    public void Dispose() => IsDisposed = true;
}

/// <summary>A row as the differ handed it over.</summary>
internal sealed record CollectedRow(
    int Row,
    string LegacyId,
    long? HubspotId,
    string Status,
    string? Rule,
    string Updates,
    string Previous,
    string? Notes,
    bool MayRepeat);
