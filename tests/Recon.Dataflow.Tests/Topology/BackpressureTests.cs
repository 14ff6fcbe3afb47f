using Recon.Dataflow.Definition;

namespace Recon.Dataflow.Tests.Topology;

public sealed class BackpressureTests
{
    [Theory]
    [InlineData(1, 1, 1, 1, 1, 1, 1)]
    [InlineData(2, 2, 4, 1, 2, 1, 2)]
    [InlineData(3, 3, 3, 2, 5, 2, 4)]
    [InlineData(1, 4, 9, 3, 3, 4, 8)]
    public async Task RunAsync_StageNeverFinishes_ReadsExactlyTheFormulasBatches(
        int batch, int lookups, int lookupCapacity, int diffs, int diffCapacity, int writers, int stageCapacity)
    {
        ValidPipeline pipeline = GraphRig.Chain(
            batch, [(lookups, lookupCapacity), (1, 1)], (diffs, diffCapacity), (writers, stageCapacity));
        int formula = 1 + batch + lookupCapacity + 1 + diffCapacity + stageCapacity;
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        GraphRig rig = new(formula + 20, pipeline)
        {
            Hook = async (block, _, _) =>
            {
                if (block == "stage")
                {
                    await gate.Task;
                }
            },
        };

        Task<bool> running = rig.RunAsync();
        // Until every block is full: nothing can move any more, whatever time passes.
        await rig.UntilAsync(() => rig.ReadSoFar >= formula
            && rig.Graph.Blocks.Skip(1).SkipLast(1).All(block => block.Queued == block.Capacity)
            && rig.Graph.Blocks[^1].Queued == stageCapacity - writers);

        Assert.Equal(formula, rig.MaxResidentBatches);
        Assert.Equal(formula, rig.ReadSoFar);
        Assert.Equal(formula, rig.Graph.MostResidentBatches);
        gate.SetResult();
        Assert.True(await running);
        Assert.Equal(formula, rig.Graph.MostResidentBatches);
        Assert.Equal(formula + 20, rig.Committed.Count);
    }

    [Theory]
    [InlineData(1024 * 1024, 1)]
    [InlineData(100 * 1024 * 1024, 5)]
    public async Task RunAsync_BatchesOfLongValues_ReadingWaitsForRoom(long residentBytes, int resident)
    {
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        GraphRig rig = new(5, GraphRig.Chain(4, residentBytes: residentBytes))
        {
            ValueBytes = 1024 * 1024,
            Hook = async (block, _, _) =>
            {
                if (block == "stage")
                {
                    await gate.Task;
                }
            },
        };

        Task<bool> running = rig.RunAsync();
        await rig.UntilAsync(() => rig.ReadSoFar == resident && rig.Graph.Blocks[^1].Queued == Math.Min(resident - 1, 1));
        gate.SetResult();

        Assert.True(await running);
        Assert.Equal(resident, rig.Graph.MostResidentBatches);
        Assert.Equal(5, rig.Committed.Count);
    }

    [Fact]
    public async Task RunAsync_OneLookupBlocks_ReadsOnlyWhatFitsBeforeIt()
    {
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        GraphRig rig = new(30, GraphRig.Chain(batch: 2, [(2, 4), (2, 3)]))
        {
            Hook = async (block, _, _) =>
            {
                if (block == "lookup1")
                {
                    await gate.Task;
                }
            },
        };

        Task<bool> running = rig.RunAsync();
        await rig.UntilAsync(() => rig.ReadSoFar >= 10 && rig.Graph.Blocks[2].Queued == 4 && rig.Graph.Blocks[3].Queued == 1);

        Assert.Equal(1 + 2 + 4 + 3, rig.ReadSoFar);
        Assert.Empty(rig.Committed);
        gate.SetResult();
        Assert.True(await running);
    }

    [Theory]
    [InlineData("lookup0", 3)]
    [InlineData("stage", 2)]
    public async Task RunAsync_ParallelBlock_WorksOnItsParallelismAtOnceAndNeverOnMore(string parallel, int degree)
    {
        int running = 0;
        int most = 0;
        TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        GraphRig rig = new(40, GraphRig.Chain(batch: 2, [(3, 6), (1, 2)], stage: (2, 4)))
        {
            Hook = async (block, _, _) =>
            {
                if (block == parallel)
                {
                    int now = Interlocked.Increment(ref running);
                    lock (all)
                    {
                        most = Math.Max(most, now);
                    }

                    if (now == degree)
                    {
                        all.TrySetResult();
                    }

                    await all.Task;
                    await Task.Yield();
                    Interlocked.Decrement(ref running);
                }
            },
        };

        Assert.True(await rig.RunAsync());

        Assert.Equal(degree, most);
    }
}
