using System.Text;
using System.Text.Json;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Plan;

namespace Recon.Dataflow.Diff;

/// <summary>Makes records out of compared rows, for a sink of the hosting program.</summary>
#pragma warning disable CA1001 // The batch owns what an encoder began.
internal sealed class RecordEncoder(ReconciliationPlan plan) : IRowEncoder
#pragma warning restore CA1001
{
    private CollectedRecords _records = new(0);

    public IStagedRows Begin(RecordBatch batch, int suspects) => _records = new CollectedRecords(batch.RowCount);

    public void Add(in ComparedRow row)
    {
        bool isMatched = row.Match.Status == MatchStatus.Matched;
        _records.Items.Add(new ReconciledRecord(
            Encoding.UTF8.GetString(row.Field(plan.IdColumn)),
            row.Mirror?.HubspotId(row.Match.MirrorRow),
            Values(row.Updates).ToDictionary(pair => pair.Name, pair => pair.Value ?? "", StringComparer.Ordinal),
            Values(row.Previous).ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal),
            isMatched ? (decimal)row.Match.Confidence : null,
            row.Match.StatusText)
        {
            Notes = row.Notes.Length == 0 ? null : row.Notes.ToString(),
            SourceLine = row.Batch.Line(row.Row),
        });
    }

    private static List<(string Name, string? Value)> Values(ReadOnlySpan<byte> json)
    {
        List<(string Name, string? Value)> values = [];
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.GetString() is { } name)
            {
                reader.Read();
                values.Add((name, reader.GetString()));
            }
        }

        return values;
    }
}

/// <summary>The records of one batch.</summary>
internal sealed class CollectedRecords(int capacity) : IStagedRows
{
    public List<ReconciledRecord> Items { get; } = new(capacity);

    public long HeldBytes => 0;

    public void Dispose()
    {
    }
}
