using Recon.Dataflow.Topology;

namespace Recon.Dataflow.Tests.Topology;

public sealed class AbortTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 4)]
    [InlineData(4, 4)]
    public async Task RunAsync_AbortedAtEveryPointInTurn_EndsAndThrowsUntilItIsTooLate(int parallelism, int capacity)
    {
        int aborted = 0;
        for (int point = 1; ; point++)
        {
            using CancellationTokenSource abort = new();
            int calls = 0;
            GraphRig rig = new(6, GraphRig.Chain(2, [(parallelism, capacity)], (1, capacity), (parallelism, capacity)))
            {
                Hook = async (block, _, _) =>
                {
                    if (Interlocked.Increment(ref calls) == point)
                    {
                        await abort.CancelAsync();
                    }

                    if (block != "diff")
                    {
                        await Task.Yield();
                    }
                },
            };
            Task<bool> running = rig.RunAbortableAsync(abort.Token);
            if (await Record.ExceptionAsync(() => running) is not { } thrown)
            {
                // At this point there were fewer calls than points: the run was never aborted.
                Assert.False(abort.IsCancellationRequested);
                Assert.Equal(6, rig.Committed.Count);
                break;
            }

            Assert.IsAssignableFrom<OperationCanceledException>(thrown);
            aborted++;
        }

        Assert.Equal(7 + (6 * 3), aborted);
    }

    [Fact]
    public async Task RunAsync_AbortedWhenUpstreamIsComplete_EndsAlthoughBlocksHoldOutput()
    {
        using CancellationTokenSource abort = new();
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        GraphRig rig = new(5)
        {
            Hook = async (block, batch, token) =>
            {
                if (block == "csv" && batch == 0)
                {
                    ended.SetResult();
                }

                if (block == "stage")
                {
                    await new TaskCompletionSource().Task.WaitAsync(token);
                }
            },
        };
        Task<bool> running = rig.RunAbortableAsync(abort.Token);
        await ended.Task;
        await rig.UntilAsync(() => rig.Graph.Blocks[1].Queued + rig.Graph.Blocks[2].Queued == 0 && rig.Graph.Blocks[4].Queued == 2);

        await abort.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Empty(rig.Committed);
    }

    [Fact]
    public async Task RunAsync_AbortInterruptsADriverThatThrowsSomethingElse_IsStillACancellation()
    {
        using CancellationTokenSource abort = new();
        GraphRig rig = new(8)
        {
            Hook = async (block, batch, _) =>
            {
                if (block == "stage" && batch == 2)
                {
                    await abort.CancelAsync();
                    throw new IOException("The connection was closed.");
                }
            },
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rig.RunAbortableAsync(abort.Token));
    }

    [Fact]
    public async Task RunAsync_AbortedBeforeItStarts_CommitsNothing()
    {
        GraphRig rig = new(8);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rig.RunAbortableAsync(new CancellationToken(canceled: true)));

        Assert.Empty(rig.Committed);
    }

    [Fact]
    public async Task RunAsync_BlockIgnoresItsCancellation_WatchdogNamesItAndKeepsTheFirstFault()
    {
        TaskCompletionSource never = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource staging = new(TaskCreationOptions.RunContinuationsAsynchronously);
        GraphRig rig = new(8)
        {
            Hook = async (block, batch, _) =>
            {
                if (block == "stage")
                {
                    staging.TrySetResult();
                    await never.Task;
                }

                if (block == "lookup0" && batch == 3)
                {
                    await staging.Task;
                    throw new InvalidOperationException("broken");
                }
            },
        };
        Task<bool> running = rig.RunAsync();
        while (!running.IsCompleted)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        TimeoutException hung = await Assert.ThrowsAsync<TimeoutException>(() => running);

        Assert.Contains("stage WaitingForActivation", hung.Message, StringComparison.Ordinal);
        Assert.Equal("lookup0", Assert.IsType<GraphFaultException>(hung.InnerException).Block);
        never.SetResult();
    }
}
