using System.Globalization;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Telemetry;
using Recon.Postgres.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs;

/// <summary>What the metrics of a run say of its outcome.</summary>
public sealed class RunMetricsTests(PostgresServer server)
{
    [Fact]
    public async Task Run_Completed_AddsUpToItsRowAccount()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        using ReconMetrics metrics = new();
        using MeterReadings readings = new(metrics.Meter);
        world.Metrics = metrics;

        PipelineResult result = await world.RunAsync();

        readings.Observe();
        SortedDictionary<string, double> sums = readings.Sums;
        BatchCounts counts = result.Counts;
        double Sum(string name) => sums.Where(sum => sum.Key.Split(' ')[0] == name).Sum(sum => sum.Value);
        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Equal(counts.Read, Sum("recon.records.read"));
        Assert.Equal(counts.Staged, Sum("recon.records.staged"));
        Assert.Equal(counts.Folded, Sum("recon.records.folded"));
        Assert.Equal(counts.Filtered, Sum("recon.records.filtered"));
        Assert.Equal(counts.Rejected, Sum("recon.records.rejected"));
        Assert.Equal(counts.Rejected, Sum("recon.rejects"));
        Assert.Equal(counts.WithChanges, Sum("recon.records.changed"));
        Assert.Equal(counts.PropertyChanges.Values.Sum(), Sum("recon.properties.changed"));
        Assert.Equal(new FileInfo(world.CsvPath).Length, Sum("recon.input.size"));
        Assert.Equal(new FileInfo(world.CsvPath).Length, Sum("recon.input.read"));
        Assert.Equal(0, sums["recon.run.active pipeline=things"]);
        Assert.Equal(1, readings.Counts["recon.run.duration outcome=completed pipeline=things"]);
        Assert.InRange(sums["recon.run.last_success pipeline=things"], 1_500_000_000, double.MaxValue);
        Assert.Equal(
            ["folding", "indexing", "publishing", "reading"],
            readings.Counts.Keys.Where(key => key.StartsWith("recon.phase.duration", StringComparison.Ordinal)).Select(key => key.Split('=')[1].Split(' ')[0]));
        Assert.Equal(
            readings.Sums.Where(sum => sum.Key.StartsWith("recon.lookup.ids lookup=match", StringComparison.Ordinal)).Select(sum => sum.Key.Split('=')[^1]),
            ["found", "missing"]);
    }

    [Fact]
    public async Task Run_Blocks_TellWhereTheTimeOfTheirWorkersWent()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        using ReconMetrics metrics = new();
        using MeterReadings readings = new(metrics.Meter);
        world.Metrics = metrics;

        PipelineResult result = await world.RunAsync();

        readings.Observe();
        BlockStats[] working = [.. result.Blocks.Where(block => block.Workers > 0)];
        TimeSpan streaming = working[0].Times.All;
        Assert.True(streaming > TimeSpan.Zero);
        Assert.All(working, block => Assert.Equal(streaming * block.Workers, block.Busy + block.Waiting + block.Idle + block.Blocked));
        Assert.All(working.Where(block => block.Kind is "lookup" or "stage"), block => Assert.True(block.Waiting > TimeSpan.Zero, block.Name));
        Assert.All(working.Where(block => block.Kind is "csv" or "diff"), block => Assert.Equal(TimeSpan.Zero, block.Waiting));
        Assert.InRange(working[^1].Times.Committing, TimeSpan.FromTicks(1), working[^1].Waiting);
        Assert.Equal(result.Bottleneck, result.Verdict!.Block);
        foreach (BlockStats block in working)
        {
            Assert.Equal(block.Busy.TotalSeconds, readings.Sums[$"recon.block.time block={block.Name} pipeline=things state=busy"], 9);
            Assert.Equal(
                block.Times.All.TotalSeconds,
                readings.Sums.Where(sum => sum.Key.StartsWith($"recon.block.time block={block.Name} ", StringComparison.Ordinal)).Sum(sum => sum.Value),
                6);
        }

        Assert.Equal(
            result.Blocks.Select(block => $"{block.Name} {block.Workers} {block.Batches} {Math.Round(block.Waiting.TotalSeconds, 6).ToString(CultureInfo.InvariantCulture)}"),
            (await world.Database.QueryValueAsync<string>("""
                select string_agg(concat_ws(' ', b->>'name', b->>'workers', b->>'batches', b->>'waiting_seconds'), ',')
                from staging.reconciliation_log, jsonb_array_elements(details->'blocks') b
                """))!.Split(','));
    }

    [Fact]
    public async Task Run_RefusedByAGate_IsToldApartFromAGoodOne()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        using ReconMetrics metrics = new();
        using MeterReadings readings = new(metrics.Meter);
        world.Metrics = metrics;

        await world.RunAsync(request => request with { MaxRejects = "0" });

        Assert.Equal(1, readings.Counts["recon.run.duration outcome=refused pipeline=things"]);
        Assert.DoesNotContain(readings.Sums.Keys, key => key.StartsWith("recon.run.last_success", StringComparison.Ordinal)
            || key.StartsWith("recon.records.changed", StringComparison.Ordinal));
        Assert.NotEqual(0, readings.Sums.Where(sum => sum.Key.StartsWith("recon.rejects", StringComparison.Ordinal)).Sum(sum => sum.Value));
    }

    [Fact]
    public async Task Run_FailedHalfwayAndResumed_IsOneFailureAndOneSuccess()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        using ReconMetrics metrics = new();
        using MeterReadings readings = new(metrics.Meter);
        await world.RunAsync();
        world.Metrics = metrics;
        await world.RefuseLaterBatchesAsync();
        await world.RunAsync();
        await world.AcceptBatchesAsync();

        await world.RunAsync(request => request with { Resume = true });

        Assert.Equal(1, readings.Counts["recon.run.duration outcome=failed pipeline=things"]);
        Assert.Equal(1, readings.Counts["recon.run.duration outcome=completed pipeline=things"]);
    }

    [Fact]
    public async Task Run_InputMissing_IsAFailure()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        using ReconMetrics metrics = new();
        using MeterReadings readings = new(metrics.Meter);
        world.Metrics = metrics;
        File.Delete(world.CsvPath);

        await Assert.ThrowsAnyAsync<Exception>(() => world.RunAsync());

        Assert.Equal(1, readings.Counts["recon.run.duration outcome=failed pipeline=things"]);
        Assert.Equal(0, readings.Sums["recon.run.active pipeline=things"]);
    }
}
