using Recon.Dataflow.Diff;

namespace Recon.Postgres.Runs;

/// <summary>Keeps the first records that would change. Thread-safe.</summary>
internal sealed class SampleCollector(int limit) : IDiffObserver
{
    private readonly Lock _gate = new();
    private readonly List<RecordVerdict> _samples = [];

    /// <summary>The records, by line.</summary>
    public IReadOnlyList<RecordVerdict> Samples
    {
        get
        {
            lock (_gate)
            {
                return [.. _samples.OrderBy(sample => sample.Line)];
            }
        }
    }

    public void OnRecord(RecordVerdict record)
    {
        lock (_gate)
        {
            if (_samples.Count < limit && record.Properties.Any(property => property.Kind == VerdictKind.Change))
            {
                _samples.Add(record);
            }
        }
    }
}
