using Microsoft.Extensions.Time.Testing;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Telemetry;

namespace Recon.Dataflow.Tests.Topology;

public sealed class CompletionTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 25)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task RunAsync_RandomCapacitiesAndPauses_CommitsEveryBatchOnceWithItsRows(int seed)
    {
        Random random = new(seed);
        (int, int) Limits()
        {
            int parallelism = random.Next(1, 6);
            return (parallelism, parallelism + random.Next(0, 5));
        }

        int batches = random.Next(0, 120);
        ValidPipeline pipeline = GraphRig.Chain(
            random.Next(1, 6), [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Limits())], Limits(), Limits());
        int[] pauses = [.. Enumerable.Range(0, 997).Select(_ => random.Next(0, 4))];
        GraphRig rig = new(batches, pipeline)
        {
            Hook = async (block, batch, _) =>
            {
                if (block != "diff")
                {
                    for (int pause = pauses[(int)((batch * 31) + block.Length) % pauses.Length]; pause > 0; pause--)
                    {
                        await Task.Yield();
                    }
                }
            },
        };

        Assert.True(await rig.RunAsync());

        Assert.Equal(Enumerable.Range(1, batches).Select(number => (long)number), rig.Committed.Order());
        Assert.Equal((long)batches * (batches + 1) / 2, rig.CommittedRows);
        Assert.InRange(rig.Graph.MostResidentBatches, 0, rig.MaxResidentBatches);
        Assert.All(rig.Graph.Blocks.Where(block => block.Kind != "batch"), block => Assert.Equal(batches, block.Batches));
    }

    [Fact]
    public async Task RunAsync_Committed_DisposesEveryBatch()
    {
        GraphRig rig = new(12);

        Assert.True(await rig.RunAsync());

        Assert.Equal(12, rig.Batches.Count);
        Assert.All(rig.Batches, batch => Assert.Equal(0, batch.RowCount));
    }

    [Fact]
    public async Task RunAsync_StopReading_CommitsWhatIsInFlightAndReturnsFalse()
    {
        using CancellationTokenSource stop = new();
        GraphRig rig = new(50)
        {
            Hook = async (block, batch, _) =>
            {
                if (block == "csv" && batch == 8)
                {
                    await stop.CancelAsync();
                }
            },
        };

        Assert.False(await rig.RunStoppableAsync(stop.Token));

        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], rig.Committed.Order());
    }

    [Fact]
    public async Task RunAsync_StopReadingWhileTheSourceIsSilent_CommitsWhatItReadAndReturnsFalse()
    {
        using CancellationTokenSource stop = new();
        GraphRig rig = new(50)
        {
            Hook = async (block, batch, token) =>
            {
                if (block == "csv" && batch == 4)
                {
                    await new TaskCompletionSource().Task.WaitAsync(token);
                }
            },
        };

        Task<bool> running = rig.RunStoppableAsync(stop.Token);
        await rig.UntilAsync(() => rig.ReadSoFar == 3);
        await stop.CancelAsync();

        Assert.False(await running);
        Assert.Equal([1, 2, 3], rig.Committed.Order());
    }

    [Fact]
    public async Task RunAsync_StopReadingWhileTheGraphIsFull_CommitsAlsoTheBatchThatWaits()
    {
        using CancellationTokenSource stop = new();
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        GraphRig rig = new(50) { Hook = async (block, _, _) => await (block == "stage" ? gate.Task : Task.CompletedTask) };
        int formula = rig.MaxResidentBatches;

        Task<bool> running = rig.RunStoppableAsync(stop.Token);
        await rig.UntilAsync(() => rig.ReadSoFar >= formula);

        await stop.CancelAsync();
        gate.SetResult();

        Assert.False(await running);
        Assert.Equal(formula, rig.Committed.Count);
    }

    [Fact]
    public async Task RunAsync_StoppedBeforeItStarts_ReadsNothing()
    {
        GraphRig rig = new(5);

        Assert.False(await rig.RunStoppableAsync(new CancellationToken(canceled: true)));

        Assert.Equal(0, rig.ReadSoFar);
    }

    [Fact]
    public void Utilisation_BusyHalfOfTheTimeOnTwoWorkers_IsAQuarter()
    {
        BlockStats stats = new("things", "lookup", "lookup", parallelism: 2, capacity: 4);
        FakeTimeProvider clock = new();
        GraphTimes times = new([stats], clock);
        times.Start();
        times.Take(0);
        clock.Advance(TimeSpan.FromSeconds(5));
        times.PassOn(0);

        Assert.Equal(0.25, stats.Utilisation(TimeSpan.FromSeconds(10)));
        Assert.Equal(0, stats.Utilisation(TimeSpan.Zero));
    }
}
