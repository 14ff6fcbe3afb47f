using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Telemetry;
using Recon.Dataflow.Tests.Topology;

namespace Recon.Dataflow.Tests.Telemetry;

/// <summary>What is said of a run whose blocks, phases and processors are known to the second.</summary>
public sealed class VerdictTests
{
    private static readonly ProcessorUse s_calm = new(0.1, 0.3, 2);
    private static readonly RunParts s_streaming = Parts(1, 100, 1);

    [Theory]
    [InlineData(1, 100, 300, nameof(LimitedBy.Publication), nameof(Sureness.Clear))]
    [InlineData(1, 100, 120, nameof(LimitedBy.Publication), nameof(Sureness.Likely))]
    [InlineData(300, 100, 1, nameof(LimitedBy.Opening), nameof(Sureness.Clear))]
    [InlineData(60, 100, 60, nameof(LimitedBy.Diff), nameof(Sureness.Clear))]
    public void Of_PartsOfARun_NamesTheOneThatTakesMost(int opening, int streaming, int ending, string limit, string sure)
    {
        Verdict verdict = Verdict.Of(GraphRig.Chain(), Blocks(diff: 95), Parts(opening, streaming, ending), s_calm);

        Assert.Equal((limit, sure, "diff"), (verdict.Limit.ToString(), verdict.Sure.ToString(), verdict.Block));
    }

    [Fact]
    public void Of_Publication_NamesItsLongestPhase()
        => Assert.Contains("75 % of the run, most of it indexing", Verdict.Of(GraphRig.Chain(), Blocks(diff: 95), Parts(0, 100, 300), s_calm).Finding, StringComparison.Ordinal);

    [Theory]
    [InlineData(0.9, null, nameof(LimitedBy.Processors), nameof(Sureness.Clear))]
    [InlineData(0.4, 0.97, nameof(LimitedBy.Processors), nameof(Sureness.Likely))]
    [InlineData(0.05, 0.97, nameof(LimitedBy.LookupAnswers), nameof(Sureness.Clear))]
    [InlineData(0.4, 0.6, nameof(LimitedBy.LookupAnswers), nameof(Sureness.Clear))]
    public void Of_Processors_AreTheLimitWhenTheyAreUsedUpAndReconTakesItsPart(double own, double? all, string limit, string sure)
    {
        Verdict verdict = Verdict.Of(GraphRig.Chain(), Blocks(lookup: 96, diff: 20), s_streaming, new ProcessorUse(own, all, 2));

        Assert.Equal((limit, sure), (verdict.Limit.ToString(), verdict.Sure.ToString()));
        Assert.Equal(limit == nameof(LimitedBy.Processors), verdict.Finding.StartsWith("The two cores of this machine limit", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(9, nameof(LimitedBy.LookupAnswers))]
    [InlineData(30, nameof(LimitedBy.Nothing))]
    public void Of_PausedReading_SaysNothingAboutWhatLimits(int paused, string limit)
    {
        Verdict verdict = Verdict.Of(GraphRig.Chain(), Blocks(lookup: 96), s_streaming with { Paused = TimeSpan.FromSeconds(paused) }, s_calm);

        Assert.Equal(limit, verdict.Limit.ToString());
        Assert.Equal(paused == 30, verdict.Finding.StartsWith("Reading was paused for 30 % of the time", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_LookupThatWaitsForTheServer_SaysSoWithASnippet()
    {
        Verdict verdict = Verdict.Of(GraphRig.Chain(), Blocks(lookup: 96), s_streaming, s_calm);

        Assert.Equal("'lookup0' limits: its one worker waits for the server for 96 % of the time.", verdict.Finding);
        Assert.Contains("recon check", verdict.Advice, StringComparison.Ordinal);
        Assert.Equal("""{"kind": "lookup", "name": "lookup0", "parallelism": 2, "capacity": 4}""", verdict.Change);
        using var snippet = JsonDocument.Parse(verdict.Change!);
        Assert.Equal(2, snippet.RootElement.GetProperty("parallelism").GetInt32());
    }

    [Theory]
    [InlineData(false, "Writers", """{"kind": "stage", "writers": 2, "capacity": 4}""")]
    [InlineData(true, "Commit", """{"kind": "batch", "rows": 2000}""")]
    public void Of_Stage_TellsRowsFromCommits(bool commits, string limit, string change)
    {
        Verdict verdict = Verdict.Of(GraphRig.Chain(), Blocks(stage: 96, commits: commits), s_streaming, s_calm);

        Assert.Equal((limit, Sureness.Clear), (verdict.Limit.ToString(), verdict.Sure));
        Assert.Equal(change, verdict.Change);
    }

    [Theory]
    [InlineData(60, 40, nameof(LimitedBy.Diff), nameof(Sureness.Likely))]
    [InlineData(96, 95, nameof(LimitedBy.Diff), nameof(Sureness.Unclear))]
    [InlineData(40, 30, nameof(LimitedBy.Nothing), nameof(Sureness.Unclear))]
    public void Of_BlocksThatAreCloseTogether_IsLessSure(int diff, int lookup, string limit, string sure)
    {
        Verdict verdict = Verdict.Of(GraphRig.Chain(), Blocks(lookup: lookup, diff: diff), s_streaming, s_calm);

        Assert.Equal((limit, sure, "diff"), (verdict.Limit.ToString(), verdict.Sure.ToString(), verdict.Block));
    }

    [Fact]
    public void Of_FewBatches_IsUnclear()
        => Assert.Equal(Sureness.Unclear, Verdict.Of(GraphRig.Chain(), Blocks(diff: 96, batches: 2), s_streaming, s_calm).Sure);

    [Fact]
    public void Of_NoBatch_NamesNoBlock()
        => Assert.Null(Verdict.Of(GraphRig.Chain(), Blocks(batches: 0), s_streaming, s_calm).Block);

    [Fact]
    public void Processors_ThatComputed_WereInUse()
    {
        var watch = ProcessorWatch.Start();
        TimeSpan before = Environment.CpuUsage.TotalTime;
        while (Environment.CpuUsage.TotalTime - before < TimeSpan.FromMilliseconds(20))
        {
            Thread.SpinWait(10_000);
        }

        ProcessorUse use = watch.Read(TimeSpan.FromMilliseconds(100));

        Assert.True(use.Own * use.Cores >= 0.2, $"{use}");
        Assert.InRange(use.All ?? 0, 0, 1);
    }

    private static RunParts Parts(int opening, int streaming, int ending)
        => new(TimeSpan.FromSeconds(opening), TimeSpan.FromSeconds(streaming), TimeSpan.FromSeconds(ending), "indexing");

    // Each block works for so many of a hundred seconds, and is idle otherwise.
    private static IReadOnlyList<BlockStats> Blocks(int lookup = 10, int diff = 10, int stage = 10, bool commits = false, int batches = 10)
    {
        FakeTimeProvider clock = new();
        GraphTimes times = new(
            [
                new("things", "csv", "csv", 1, 0), new("things", "batch", "batch", 1, 2), new("things", "lookup0", "lookup", 1, 2),
                new("things", "diff", "diff", 1, 2), new("things", "stage", "stage", 1, 2),
            ],
            clock);
        times.Start();
        times.EndInput();
        (int Block, int Seconds)[] all = [(0, 10), (2, lookup), (3, diff), (4, stage)];
        for (int second = 0; second < 100; second++)
        {
            foreach ((int block, int seconds) in all.Where(each => each.Seconds > second))
            {
                if (second == 0)
                {
                    times.Take(block);
                    Wait(block, true);
                }
            }

            clock.Advance(TimeSpan.FromSeconds(1));
            foreach ((int block, _) in all.Where(each => each.Seconds == second + 1))
            {
                Wait(block, false);
                times.Drop(block);
            }
        }

        times.Stop();
        for (int batch = 0; batch < batches; batch++)
        {
            foreach (BlockStats block in times.Blocks)
            {
                block.Finish();
            }
        }

        return times.Blocks;

        void Wait(int block, bool begins)
        {
            foreach (WaitFor what in (WaitFor[])[.. block is 2 or 4 ? [WaitFor.Answer] : (WaitFor[])[], .. block == 4 && commits ? [WaitFor.Commit] : (WaitFor[])[]])
            {
                if (begins)
                {
                    times.WaitsOf(block).Begin(what);
                }
                else
                {
                    times.WaitsOf(block).End(what);
                }
            }
        }
    }
}
