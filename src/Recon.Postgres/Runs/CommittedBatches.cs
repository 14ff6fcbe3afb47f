using Recon.Dataflow.Batches;

namespace Recon.Postgres.Runs;

/// <summary>What is committed of a run, as far as this process was told. Thread-safe.</summary>
internal sealed class CommittedBatches
{
    private readonly Lock _gate = new();
    private readonly HashSet<long> _numbers = [];
    private readonly BatchCounts _counts = new();

    /// <summary>The sum over the batches that this process committed; a copy.</summary>
    public BatchCounts Counts
    {
        get
        {
            var sum = new BatchCounts();
            lock (_gate)
            {
                sum.Add(_counts);
            }

            return sum;
        }
    }

    /// <summary>Adds what an earlier attempt committed.</summary>
    public void AddEarlier(IEnumerable<long> numbers)
    {
        lock (_gate)
        {
            _numbers.UnionWith(numbers);
        }
    }

    /// <returns>Whether it was counted now; a batch that the server lost and that was committed again counts once.</returns>
    public bool Add(RecordBatch batch)
    {
        lock (_gate)
        {
            bool isNew = _numbers.Add(batch.Number);
            if (isNew)
            {
                _counts.Add(batch.Counts);
            }

            return isNew;
        }
    }

    /// <summary>Whether all of them are in a ledger.</summary>
    public bool AreIn(IReadOnlyDictionary<long, SourceRange> ledger)
    {
        lock (_gate)
        {
            return _numbers.All(ledger.ContainsKey);
        }
    }
}
