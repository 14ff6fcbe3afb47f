using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff;

namespace Recon.Postgres.Runs;

/// <summary>Keeps the first records of the input that would change, in whatever order batches come. Thread-safe.</summary>
internal sealed class SampleCollector(int limit) : IDiffObserver
{
    private readonly Lock _gate = new();
    private readonly SortedList<(long Batch, int Row), RecordVerdict> _samples = [];

    /// <summary>The records, by file and line.</summary>
    public IReadOnlyList<RecordVerdict> Samples
    {
        get
        {
            lock (_gate)
            {
                return [.. _samples.Values];
            }
        }
    }

    public void OnRecord(RecordBatch batch, int row, RecordVerdict record)
    {
        if (!record.Properties.Any(property => property.Kind == VerdictKind.Change))
        {
            return;
        }

        lock (_gate)
        {
            _samples.Add((batch.Number, row), record);
            if (_samples.Count > limit)
            {
                _samples.RemoveAt(limit);
            }
        }
    }
}
