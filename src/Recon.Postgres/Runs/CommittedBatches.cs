using Recon.Dataflow.Batches;
using Recon.Postgres.Runs.Live;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Runs;

/// <summary>What is committed of a run, as far as this process was told. Thread-safe.</summary>
internal sealed class CommittedBatches
{
    private readonly Lock _gate = new();
    private readonly HashSet<long> _numbers = [];
    private readonly BatchCounts _counts = new();
    private long _batches;
    private long _copied;

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

    /// <summary>The same in short: what became of the records, the rejects by reason, how many batches, and how many bytes of rows.</summary>
    public (RowAccount Account, IReadOnlyDictionary<string, long> Rejects, long Batches, long Copied) Read()
    {
        lock (_gate)
        {
            return (RowAccount.Of(_counts), new Dictionary<string, long>(_counts.ByReason), _batches, _copied);
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
    public bool Add(RecordBatch batch) => AddEntry(batch.Number, batch.Counts, (batch.Staged as StagedTuples)?.Bytes ?? 0);

    /// <summary>Adds a batch that this process, or a worker of the run, has committed.</summary>
    /// <param name="copied">Bytes of its rows.</param>
    /// <returns>Whether it was counted now; a batch that is told of twice counts once.</returns>
    public bool AddEntry(long number, BatchCounts counts, long copied)
    {
        lock (_gate)
        {
            bool isNew = _numbers.Add(number);
            if (isNew)
            {
                _counts.Add(counts);
                _batches++;
                _copied += copied;
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
