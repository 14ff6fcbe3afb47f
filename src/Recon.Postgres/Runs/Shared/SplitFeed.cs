using System.Threading.Channels;
using Recon.Dataflow.Batches;
using Recon.Postgres.Staging;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Runs.Shared;

/// <summary>
/// The splits that a worker has: gives their batches to its graph one after the other, tells how many more it has room for, and
/// keeps what is to be reported. Thread-safe.
/// </summary>
internal sealed class SplitFeed
{
    // One that is read or worked on, and one in reserve, so that the reader never waits for an answer.
    private const int UsualSplits = 2;

    private readonly Lock _gate = new();
    private readonly List<HeldSplit> _held = [];
    private readonly Dictionary<RecordBatch, (HeldSplit Split, SplitBatch Batch)> _inFlight = [];
    private readonly List<CommittedEntry> _committed = [];
    private readonly List<SplitMark> _done = [];

    // There is something to read, or nothing will come; there is something to report.
    private readonly Channel<bool> _offered = Signal();
    private readonly Channel<bool> _news = Signal();
    private int _leastBatches;
    private bool _isClosed = true;
    private bool _isComplete;

    /// <summary>Batches committed so far.</summary>
    public long Batches { get; private set; }

    /// <summary>How many splits it has room for.</summary>
    public int Wants
    {
        get
        {
            lock (_gate)
            {
                return _isClosed || _held.Any(split => split.Next == 0) ? 0
                    : _held.Count < UsualSplits ? UsualSplits - _held.Count
                    : _held.Sum(split => split.Uncommitted) < _leastBatches ? 1
                    : 0;
            }
        }
    }

    /// <summary>Whether everything that was given to it is committed.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate)
            {
                return _held.Count == 0;
            }
        }
    }

    /// <summary>Takes splits from now on.</summary>
    /// <param name="leastBatches">Batches with which each worker of the graph has one.</param>
    public void Open(int leastBatches)
    {
        lock (_gate)
        {
            (_isClosed, _leastBatches) = (false, leastBatches);
        }

        _news.Writer.TryWrite(true);
    }

    /// <summary>Asks for no more splits.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
        }
    }

    /// <summary>Nothing will be added: what is not committed is dropped, and reading ends.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            (_isClosed, _isComplete) = (true, true);
            _held.ForEach(static split => split.IsLost = true);
            _held.Clear();
        }

        _offered.Writer.TryWrite(true);
    }

    public void Offer(IReadOnlyList<SplitTicket> tickets)
    {
        lock (_gate)
        {
            _held.AddRange(tickets.Where(ticket => !_held.Exists(split => split.Mark == new SplitMark(ticket.Split, ticket.Epoch)))
                .Select(ticket => new HeldSplit(ticket)));
        }

        _offered.Writer.TryWrite(true);
    }

    /// <summary>Drops what is not committed of a split: another worker has it.</summary>
    /// <returns>Whether it was held.</returns>
    public bool Lose(SplitMark mark)
    {
        lock (_gate)
        {
            if (_held.Find(split => split.Mark == mark) is not { } lost)
            {
                return false;
            }

            lost.IsLost = true;
            _held.Remove(lost);
        }

        _news.Writer.TryWrite(true);
        return true;
    }

    /// <summary>Reads the next batch; waits until there is one.</summary>
    /// <returns>The batch; <see langword="null"/> when nothing will come.</returns>
    public async ValueTask<RecordBatch?> ReadAsync(RunInput input, IWaits waits, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (Next() is var (split, next))
            {
                RecordBatch batch = await input.ReadAsync(next.Number, next.Range, waits, cancellationToken);
                lock (_gate)
                {
                    _inFlight.Add(batch, (split, next));
                }

                return batch;
            }

            lock (_gate)
            {
                if (_isComplete)
                {
                    return null;
                }
            }

            using (new WaitScope(waits, WaitFor.Answer))
            {
                await _offered.Reader.ReadAsync(cancellationToken);
            }
        }
    }

    /// <summary>The rows of a batch that may repeat an id.</summary>
    public IReadOnlyList<int> SuspectsOf(RecordBatch batch) => Find(batch).Batch.Suspects;

    /// <summary>What a batch needs to be committed.</summary>
    public SplitMark MarkOf(RecordBatch batch) => Find(batch).Split.Mark;

    /// <summary>Whether another worker does a batch by now.</summary>
    public bool IsLost(RecordBatch batch)
    {
        lock (_gate)
        {
            return _inFlight[batch].Split.IsLost;
        }
    }

    /// <summary>A batch has gone through the graph, and is not committed by this worker.</summary>
    public void Drop(RecordBatch batch)
    {
        lock (_gate)
        {
            _inFlight.Remove(batch);
        }
    }

    /// <summary>A batch is committed.</summary>
    public void Commit(RecordBatch batch)
    {
        CommittedEntry entry = new(batch.Number, CountsJson.Write(batch.Counts), (batch.Staged as StagedTuples)?.Bytes ?? 0);
        lock (_gate)
        {
            _inFlight.Remove(batch, out (HeldSplit Split, SplitBatch Batch) found);
            _committed.Add(entry);
            Batches++;
            if (--found.Split.Uncommitted == 0 && _held.Remove(found.Split))
            {
                _done.Add(found.Split.Mark);
            }
        }

        if (Wants > 0 || IsEmpty)
        {
            _news.Writer.TryWrite(true);
        }
    }

    /// <summary>What is to be reported: it stays so until <see cref="Told"/>; and what is held at that moment.</summary>
    public (IReadOnlyList<CommittedEntry> Committed, IReadOnlyList<SplitMark> Done, IReadOnlyList<SplitMark> Held) Unsaid()
    {
        lock (_gate)
        {
            return ([.. _committed], [.. _done], [.. _held.Select(split => split.Mark)]);
        }
    }

    /// <summary>A report was answered.</summary>
    public void Told(WorkerReport report)
    {
        lock (_gate)
        {
            _committed.RemoveRange(0, report.Committed.Count);
            _done.RemoveRange(0, report.Done.Count);
        }
    }

    /// <summary>Waits until there is something to report, or for some time.</summary>
    public async Task WaitForNewsAsync(TimeSpan most, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<bool> news = _news.Reader.ReadAsync(enough.Token).AsTask();
        await Task.WhenAny(news, Task.Delay(most, clock, enough.Token));
        await enough.CancelAsync();
        await news.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private (HeldSplit Split, SplitBatch Batch)? Next()
    {
        HeldSplit? split;
        SplitBatch batch;
        lock (_gate)
        {
            split = _held.Find(static split => !split.IsRead);
            if (split is null)
            {
                return null;
            }

            batch = split.Batches[split.Next++];
        }

        if (Wants > 0)
        {
            _news.Writer.TryWrite(true);
        }

        return (split, batch);
    }

    private (HeldSplit Split, SplitBatch Batch) Find(RecordBatch batch)
    {
        lock (_gate)
        {
            return _inFlight[batch];
        }
    }

    private static Channel<bool> Signal()
        => Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
}
