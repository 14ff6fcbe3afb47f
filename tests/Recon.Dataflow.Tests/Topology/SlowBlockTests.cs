using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Telemetry;

namespace Recon.Dataflow.Tests.Topology;

/// <summary>Graphs in which one block is slow, by a clock that moves only when the others have done what they can.</summary>
public sealed class SlowBlockTests
{
    private const int Batches = 8;
    private static readonly TimeSpan s_step = TimeSpan.FromSeconds(1);
    private static readonly ProcessorUse s_calm = new(0.1, 0.2, 2);

    public static TheoryData<string, string> Slow => new()
    {
        { "csv", nameof(LimitedBy.Reader) },
        { "csv", nameof(LimitedBy.Input) },
        { "lookup0", nameof(LimitedBy.LookupAnswers) },
        { "lookup1", nameof(LimitedBy.LookupAnswers) },
        { "lookup1", nameof(LimitedBy.LookupWork) },
        { "diff", nameof(LimitedBy.Diff) },
        { "stage", nameof(LimitedBy.Writers) },
        { "stage", nameof(LimitedBy.Commit) },
    };

    [Theory]
    [MemberData(nameof(Slow))]
    public async Task RunAsync_OneSlowBlock_IsTheVerdictTenTimesOfTen(string slow, string limit)
    {
        for (int seed = 1; seed <= 10; seed++)
        {
            GraphRig rig = await RunAsync(slow, Enum.Parse<LimitedBy>(limit), new Random(seed));

            IReadOnlyList<BlockStats> blocks = rig.Graph.Blocks;
            Assert.Equal(Batches * s_step, rig.Graph.Times.Window);
            Assert.All(blocks, block => Assert.Equal(rig.Graph.Times.Window * block.Workers, block.Times.All));
            BlockStats found = blocks.Single(block => block.Name == slow);
            Assert.Equal(Enumerable.Range(1, Batches).Sum(left => Math.Min(found.Workers, left)) * s_step, found.Times.Working);
            Assert.All(blocks.SkipWhile(block => block != found).Skip(1), block => Assert.Equal(rig.Graph.Times.Window * block.Workers, block.Idle));
            Verdict verdict = Verdict.Of(
                rig.Pipeline, blocks, new RunParts(s_step, rig.Graph.Times.Window, s_step, "publishing"), s_calm);
            Assert.Equal((limit, slow, Sureness.Clear), (verdict.Limit.ToString(), verdict.Block, verdict.Sure));
        }
    }

    // Each step lets one batch through the slow block, after a second in which nothing after it can go on, and, as far as can be
    // seen, nothing before it.
    private static async Task<GraphRig> RunAsync(string slow, LimitedBy limit, Random random)
    {
        (int, int) Limits() => random.Next(1, 4) is var workers ? (workers, workers + random.Next(0, 4)) : default;
        ValidPipeline pipeline = GraphRig.Chain(random.Next(1, 4), [Limits(), Limits()], Limits(), Limits());
        using SemaphoreSlim gate = new(0);
        int entered = 0;
        GraphRig rig = new(Batches, pipeline)
        {
            WaitsIn = block => block != slow ? null : limit switch
            {
                LimitedBy.Commit => WaitFor.Commit,
                LimitedBy.Input or LimitedBy.LookupAnswers or LimitedBy.Writers => WaitFor.Answer,
                _ => null,
            },
            Hook = async (block, batch, token) =>
            {
                if (block == slow && batch > 0)
                {
                    Interlocked.Increment(ref entered);
                    await gate.WaitAsync(token);
                }
            },
        };
        IReadOnlyList<BlockStats> blocks = rig.Graph.Blocks;
        int position = blocks.ToList().FindIndex(block => block.Name == slow);
        Task<bool> running = rig.RunAsync();
        for (int passed = 0; passed < Batches; passed++)
        {
            long before = -1;
            await rig.UntilAsync(() => Volatile.Read(ref entered) == Math.Min(Batches, passed + blocks[position].Workers)
                && blocks.Skip(position).All(block => block.Workers == 0 || block.Batches == passed)
                && before == (before = blocks.Sum(block => block.Batches)));
            rig.Clock.Advance(s_step);
            gate.Release();
        }

        Assert.True(await running);
        return rig;
    }
}
