using System.Globalization;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Telemetry;
using Recon.Postgres.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs;

/// <summary>What the metrics of a run say of its outcome.</summary>
public sealed class RunMetricsTests : IDisposable
{
    private readonly PostgresServer _server;
    private readonly ReconMetrics _metrics = new();
    private readonly MeterReadings _readings;

    public RunMetricsTests(PostgresServer server)
    {
        _server = server;
        _readings = new MeterReadings(_metrics.Meter);
    }

    public void Dispose()
    {
        _readings.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public async Task Run_Completed_AddsUpToItsRowAccount()
    {
        await using SmallWorld world = await WorldAsync();

        PipelineResult result = await world.RunAsync();

        _readings.Observe();
        SortedDictionary<string, double> sums = _readings.Sums;
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
        Assert.Equal(1, _readings.Counts["recon.run.duration outcome=completed pipeline=things"]);
        Assert.InRange(sums["recon.run.last_success pipeline=things"], 1_500_000_000, double.MaxValue);
        Assert.Equal(
            ["folding", "indexing", "publishing", "reading"],
            _readings.Counts.Keys.Where(key => key.StartsWith("recon.phase.duration", StringComparison.Ordinal)).Select(key => key.Split('=')[1].Split(' ')[0]));
        Assert.Equal(
            _readings.Sums.Where(sum => sum.Key.StartsWith("recon.lookup.ids lookup=match", StringComparison.Ordinal)).Select(sum => sum.Key.Split('=')[^1]),
            ["found", "missing"]);
    }

    [Fact]
    public async Task Run_Blocks_TellWhereTheTimeOfTheirWorkersWent()
    {
        await using SmallWorld world = await WorldAsync();

        PipelineResult result = await world.RunAsync();

        _readings.Observe();
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
            Assert.Equal(block.Busy.TotalSeconds, _readings.Sums[$"recon.block.time block={block.Name} pipeline=things state=busy"], 9);
            Assert.Equal(
                block.Times.All.TotalSeconds,
                _readings.Sums.Where(sum => sum.Key.StartsWith($"recon.block.time block={block.Name} ", StringComparison.Ordinal)).Sum(sum => sum.Value),
                tolerance: 1e-6);
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
        await using SmallWorld world = await WorldAsync();

        await world.RunAsync(request => request with { MaxRejects = "0" });

        Assert.Equal(1, _readings.Counts["recon.run.duration outcome=refused pipeline=things"]);
        Assert.DoesNotContain(_readings.Sums.Keys, key => key.StartsWith("recon.run.last_success", StringComparison.Ordinal)
            || key.StartsWith("recon.records.changed", StringComparison.Ordinal));
        Assert.NotEqual(0, _readings.Sums.Where(sum => sum.Key.StartsWith("recon.rejects", StringComparison.Ordinal)).Sum(sum => sum.Value));
    }

    [Fact]
    public async Task Run_FailedHalfwayAndResumed_IsOneFailureAndOneSuccess()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(_server);
        await world.RunAsync();
        world.Metrics = _metrics;
        await world.RefuseLaterBatchesAsync();
        await world.RunAsync();
        await world.AcceptBatchesAsync();

        await world.RunAsync(request => request with { Resume = true });

        Assert.Equal(1, _readings.Counts["recon.run.duration outcome=failed pipeline=things"]);
        Assert.Equal(1, _readings.Counts["recon.run.duration outcome=completed pipeline=things"]);
    }

    [Fact]
    public async Task Run_InputMissing_IsAFailure()
    {
        await using SmallWorld world = await WorldAsync();
        File.Delete(world.CsvPath);

        await Assert.ThrowsAnyAsync<Exception>(() => world.RunAsync());

        Assert.Equal(1, _readings.Counts["recon.run.duration outcome=failed pipeline=things"]);
        Assert.Equal(0, _readings.Sums["recon.run.active pipeline=things"]);
    }

    private async Task<SmallWorld> WorldAsync()
    {
        SmallWorld world = await SmallWorld.CreateAsync(_server);
        world.Metrics = _metrics;
        return world;
    }
}
