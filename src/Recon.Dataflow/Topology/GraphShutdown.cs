using System.Threading.Tasks.Dataflow;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Telemetry;

namespace Recon.Dataflow.Topology;

/// <summary>
/// Waits for the end of a graph. Cancelling alone can hang when an upstream block was already complete and still holds
/// output, so after a cancellation what is left is drained into nothing, and a watchdog names the block that hangs.
/// </summary>
internal static class GraphShutdown
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>Waits until every block has ended, in whatever way.</summary>
    /// <param name="stats">Their descriptions, for the watchdog's report; one more than blocks, for the source.</param>
    /// <exception cref="TimeoutException">A block did not end within 30 seconds of a cancellation; the first fault is the inner exception.</exception>
    public static async Task WaitAsync(
        IReadOnlyList<IDataflowBlock> blocks, IReadOnlyList<BlockStats> stats, GraphGuard guard, TimeProvider clock)
    {
        Task all = Task.WhenAll(blocks.Select(block => block.Completion));
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (guard.Token.Register(() => cancelled.TrySetResult()))
        {
            await Task.WhenAny(all, cancelled.Task);
        }

        if (!all.IsCompleted)
        {
            foreach (ISourceBlock<RecordBatch> block in blocks.OfType<ISourceBlock<RecordBatch>>())
            {
                block.LinkTo(DataflowBlock.NullTarget<RecordBatch>(), new DataflowLinkOptions());
            }

            if (await Task.WhenAny(all, Task.Delay(s_patience, clock, CancellationToken.None)) != all)
            {
                throw new TimeoutException(
                    $"The graph was cancelled but did not end within {s_patience.TotalSeconds:0} s: " + string.Join(", ", blocks
                    .Select((block, index) => $"{stats[index + 1].Name} {block.Completion.Status}, {stats[index + 1].Queued} queued")),
                    guard.Fault);
            }
        }

        // How each block ended is of no interest here: the guard keeps the first fault, and cancellation is asked of
        // the token, because a block whose message was lost to a cancellation still says that it ran to completion.
        await all.ContinueWith(
            static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
