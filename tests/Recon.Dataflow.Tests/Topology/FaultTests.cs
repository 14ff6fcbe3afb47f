using Recon.Dataflow.Topology;

namespace Recon.Dataflow.Tests.Topology;

public sealed class FaultTests
{
    public static TheoryData<string, bool, bool> Faults
    {
        get
        {
            TheoryData<string, bool, bool> data = [];
            foreach (string block in new[] { "csv", "lookup0", "lookup1", "diff", "stage" })
            {
                foreach (bool atOnce in new[] { true, false })
                {
                    data.Add(block, atOnce, false);
                    data.Add(block, atOnce, true);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task RunAsync_BlockThrows_FaultNamesBlockAndBatchWithoutItsData(string failing, bool atOnce, bool asCancellation)
    {
        // A cancellation that nobody asked for is a fault as well: handed to the block, it would delete the batch.
        Exception thrown = asCancellation ? new OperationCanceledException("the driver gave up") : new InvalidOperationException("broken");
        GraphRig rig = new(40)
        {
            Hook = (block, batch, _) => block != failing || batch != 3 ? ValueTask.CompletedTask
                : atOnce ? throw thrown : ThrowLaterAsync(thrown),
        };

        GraphFaultException fault = await Assert.ThrowsAsync<GraphFaultException>(() => rig.RunAsync());

        Assert.Equal(failing, fault.Block);
        Assert.Equal(failing == "csv" ? "the next batch" : "batch 3 (file 0, lines 3 to 3, bytes 30 to 39)", fault.Batch);
        Assert.Same(thrown, fault.InnerException);
        Assert.DoesNotContain(GraphRig.Secret, fault.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(3, rig.Committed);
    }

    [Fact]
    public async Task RunAsync_SecondBlockFailsBecauseOfTheFirst_FirstFaultWins()
    {
        TaskCompletionSource staging = new(TaskCreationOptions.RunContinuationsAsynchronously);

        // One batch at a time in each block: if the second overtook the first, it would wait for ever for what is behind it.
        GraphRig rig = new(10, GraphRig.Chain(lookups: [(1, 2), (1, 2)]))
        {
            Hook = async (block, batch, token) =>
            {
                if (block == "stage" && batch == 1)
                {
                    staging.SetResult();
                    TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
                    await using CancellationTokenRegistration registration = token.Register(cancelled.SetResult);
                    await cancelled.Task;
                    throw new InvalidOperationException("the connection was interrupted");
                }

                if (block == "lookup1" && batch == 2)
                {
                    await staging.Task;
                    throw new InvalidOperationException("first");
                }
            },
        };

        GraphFaultException fault = await Assert.ThrowsAsync<GraphFaultException>(() => rig.RunAsync());

        Assert.Equal(("lookup1", "first"), (fault.Block, fault.InnerException!.Message));
    }

    [Fact]
    public async Task RunAsync_StageFailsWhileTheSourceWaitsForRoom_DoesNotWaitForEver()
    {
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        GraphRig rig = new(1_000)
        {
            Hook = async (block, _, _) =>
            {
                if (block == "stage")
                {
                    await gate.Task;
                    throw new InvalidOperationException("disk full");
                }
            },
        };
        Task<bool> running = rig.RunAsync();
        await rig.UntilAsync(() => rig.ReadSoFar >= rig.MaxResidentBatches);

        gate.SetResult();

        GraphFaultException fault = await Assert.ThrowsAsync<GraphFaultException>(() => running);
        Assert.Equal("stage", fault.Block);
        Assert.Empty(rig.Committed);
    }

    private static async ValueTask ThrowLaterAsync(Exception thrown)
    {
        await Task.Yield();
        throw thrown;
    }
}
