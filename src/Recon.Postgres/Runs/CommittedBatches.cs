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

    /// <param name="isNew">Whether it was committed now; otherwise only the answer to an earlier commit was lost.</param>
    public void Add(RecordBatch batch, bool isNew)
    {
        lock (_gate)
        {
            _numbers.Add(batch.Number);
            if (isNew)
            {
                _counts.Add(batch.Counts);
            }
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
