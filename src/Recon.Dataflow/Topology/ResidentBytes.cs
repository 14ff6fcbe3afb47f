using Recon.Dataflow.Batches;

namespace Recon.Dataflow.Topology;

/// <summary>Counts what the batches between reader and commit hold together, so that the reader waits while it is too much.</summary>
internal sealed class ResidentBytes(long limit)
{
    private TaskCompletionSource _left = Waiting();
    private long _held;
    private long _mostHeld;
    private int _batches;

    /// <summary>The most that batches held at one time.</summary>
    public long Most => Interlocked.Read(ref _mostHeld);

    /// <summary>Waits until there is room for another batch. One at a time always passes.</summary>
    public async Task WaitForRoomAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task left = Volatile.Read(ref _left).Task;
            if (Interlocked.Read(ref _held) < limit || Volatile.Read(ref _batches) == 0)
            {
                return;
            }

            await left.WaitAsync(cancellationToken);
        }
    }

    public void Enter(RecordBatch batch)
    {
        Interlocked.Increment(ref _batches);
        Count(batch);
    }

    /// <summary>Counts a batch that a block has added to; called by its owner.</summary>
    public void Count(RecordBatch batch)
    {
        long held = batch.HeldBytes;
        long all = Interlocked.Add(ref _held, held - batch.CountedBytes);
        batch.CountedBytes = held;
        for (long most = Most; all > most; most = Most)
        {
            Interlocked.CompareExchange(ref _mostHeld, all, most);
        }
    }

    public void Leave(RecordBatch batch)
    {
        Interlocked.Add(ref _held, -batch.CountedBytes);
        Interlocked.Decrement(ref _batches);
        Interlocked.Exchange(ref _left, Waiting()).SetResult();
    }

    private static TaskCompletionSource Waiting() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
