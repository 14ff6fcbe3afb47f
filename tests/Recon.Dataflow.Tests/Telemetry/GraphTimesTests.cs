using Microsoft.Extensions.Time.Testing;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Telemetry;

namespace Recon.Dataflow.Tests.Telemetry;

/// <summary>The four times of blocks, by a clock that moves only when the test says so.</summary>
public sealed class GraphTimesTests
{
    private const int Source = 0;
    private const int Match = 2;
    private const int Diff = 3;
    private const int Stage = 4;

    private readonly FakeTimeProvider _clock = new();

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 50)];

    [Fact]
    public void Of_SlowStage_BlocksWhatIsBefore()
    {
        GraphTimes times = Start(lookup: (2, 2), diff: (1, 1), stage: (1, 1));
        Read(times, 6);
        Work(times, Match, 4);
        Work(times, Diff, 2);
        Work(times, Stage, 1);
        times.Take(Stage);
        Pass(10);

        // One batch is written, none lies behind diff, two behind the lookup, two before it; the source cannot send a third.
        Assert.Equal(Times(busy: 10), times.Of(Stage));
        Assert.Equal(Times(busy: 10), times.Of(Diff));
        Assert.Equal(Times(blocked: 20), times.Of(Match));
        Assert.Equal(Times(blocked: 10), times.Of(Source));

        Work(times, Diff, 1);
        Pass(5);

        // Now one lies behind diff. One before the lookup would find room, but for a worker that has no processor.
        Assert.Equal(Times(busy: 10, blocked: 5), times.Of(Diff));
        Assert.Equal(Times(busy: 5, blocked: 25), times.Of(Match));

        times.EndInput();
        Pass(1);

        Assert.Equal(Times(idle: 1, blocked: 15), times.Of(Source));
    }

    [Fact]
    public void Of_SlowSource_IsBusyAndTheOthersAreIdle()
    {
        GraphTimes times = Start(lookup: (2, 2), diff: (1, 1), stage: (3, 3));
        times.Take(Source);
        Pass(8);

        Assert.Equal(Times(busy: 8), times.Of(Source));
        Assert.Equal(Times(idle: 16), times.Of(Match));
        Assert.Equal(Times(idle: 8), times.Of(Diff));
        Assert.Equal(Times(idle: 24), times.Of(Stage));
    }

    [Fact]
    public void Of_WaitForTheServer_IsToldFromWork()
    {
        GraphTimes times = Start(lookup: (2, 2), diff: (1, 1), stage: (1, 1));
        Read(times, 1);
        times.Take(Match);
        Pass(1);
        times.WaitsOf(Match).Begin(WaitFor.Answer);
        Pass(7);
        times.WaitsOf(Match).End(WaitFor.Answer);
        Pass(2);
        times.PassOn(Match);
        Work(times, Diff, 1);
        times.Take(Stage);
        using (new WaitScope(times.WaitsOf(Stage), WaitFor.Answer))
        {
            Pass(4);
            using var commit = new WaitScope(times.WaitsOf(Stage), WaitFor.Commit);
            Pass(3);
        }

        Assert.Equal(Times(busy: 3, waiting: 7, idle: 24), times.Of(Match));
        Assert.Equal(Times(waiting: 7, idle: 10, committing: 3), times.Of(Stage));
    }

    [Fact]
    public void Of_BatchAndNoProcessorForIt_IsBusy()
    {
        GraphTimes times = Start(lookup: (2, 4), diff: (1, 1), stage: (1, 1));
        Read(times, 1);
        Pass(3);

        Assert.Equal(Times(busy: 3, idle: 3), times.Of(Match));
    }

    [Fact]
    public void Of_FailedBatch_LeavesItsWorkerFree()
    {
        GraphTimes times = Start(lookup: (1, 1), diff: (1, 1), stage: (1, 1));
        Read(times, 1);
        times.Take(Match);
        Pass(2);
        times.Drop(Match);
        Pass(3);

        Assert.Equal(Times(busy: 2, idle: 3), times.Of(Match));
    }

    [Fact]
    public void Of_Stopped_StandsStill()
    {
        GraphTimes times = Start(lookup: (1, 1), diff: (1, 1), stage: (1, 1));
        times.Take(Source);
        Pass(2);
        times.Stop();
        Pass(100);

        Assert.Equal(TimeSpan.FromSeconds(2), times.Window);
        Assert.Equal(Times(busy: 2), times.Of(Source));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Of_WhateverHappens_AddsUpToTheTimeOfAllWorkers(int seed)
    {
        Random random = new(seed);
        (int, int) Limits() => random.Next(1, 5) is var workers ? (workers, workers + random.Next(0, 4)) : default;
        GraphTimes times = Start(Limits(), Limits(), Limits());
        int[] blocks = [Source, Match, Diff, Stage];
        int[] running = new int[5];
        int[] waiting = new int[5];
        int[] between = new int[6];
        for (int step = 0; step < 400; step++)
        {
            _clock.Advance(TimeSpan.FromTicks(random.Next(0, 10_000)));
            int block = blocks[random.Next(blocks.Length)];
            int next = block == Source ? Match : block + 1;
            switch (random.Next(5))
            {
                case 0 when running[block] < times.Blocks[block].Workers && (block == Source || between[block] > 0):
                    between[block] -= block == Source ? 0 : 1;
                    running[block]++;
                    times.Take(block);
                    break;
                case 1 when running[block] > waiting[block]:
                    running[block]--;
                    between[next]++;
                    times.PassOn(block);
                    break;
                case 2 when running[block] > waiting[block]:
                    waiting[block]++;
                    times.WaitsOf(block).Begin(WaitFor.Answer);
                    break;
                case 3 when waiting[block] > 0:
                    waiting[block]--;
                    times.WaitsOf(block).End(WaitFor.Answer);
                    break;
                case 4 when running[block] > waiting[block] && random.Next(20) == 0:
                    running[block]--;
                    times.Drop(block);
                    break;
            }

            foreach (int each in blocks)
            {
                BlockTimes of = times.Of(each);
                Assert.Equal(times.Window * times.Blocks[each].Workers, of.All);
                Assert.True(
                    of.Busy >= TimeSpan.Zero && of.Waiting >= TimeSpan.Zero && of.Idle >= TimeSpan.Zero && of.Blocked >= TimeSpan.Zero,
                    $"{times.Blocks[each].Name} has a time below zero: {of}");
            }
        }
    }

    private GraphTimes Start((int Workers, int Capacity) lookup, (int Workers, int Capacity) diff, (int Workers, int Capacity) stage)
    {
        GraphTimes times = new(
            [
                new("things", "csv", "csv", 1, 0),
                new("things", "batch", "batch", 1, 2),
                new("things", "match", "lookup", lookup.Workers, lookup.Capacity),
                new("things", "diff", "diff", diff.Workers, diff.Capacity),
                new("things", "stage", "stage", stage.Workers, stage.Capacity),
            ],
            _clock);
        times.Start();
        return times;
    }

    private static void Read(GraphTimes times, int batches) => Work(times, Source, batches);

    private static void Work(GraphTimes times, int block, int batches)
    {
        for (int batch = 0; batch < batches; batch++)
        {
            times.Take(block);
            times.PassOn(block);
        }
    }

    private void Pass(int seconds) => _clock.Advance(TimeSpan.FromSeconds(seconds));

    private static BlockTimes Times(int busy = 0, int waiting = 0, int idle = 0, int blocked = 0, int committing = 0) => new(
        TimeSpan.FromSeconds(busy), TimeSpan.FromSeconds(waiting), TimeSpan.FromSeconds(idle), TimeSpan.FromSeconds(blocked),
        TimeSpan.FromSeconds(committing));
}
