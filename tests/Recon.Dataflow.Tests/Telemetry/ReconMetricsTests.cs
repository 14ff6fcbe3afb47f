using Recon.Dataflow.Batches;
using Recon.Dataflow.Telemetry;
using Recon.Dataflow.Tests.Topology;
using Recon.Testing;

namespace Recon.Dataflow.Tests.Telemetry;

public sealed class ReconMetricsTests
{
    private static readonly HashSet<string> s_tags =
        ["pipeline", "block", "status", "filter", "reason", "lookup", "phase", "result", "outcome", "property", "state"];

    [Fact]
    public void Committed_Counts_AreAddedByStatusFilterAndReason()
    {
        using ReconMetrics metrics = new();
        using MeterReadings readings = new(metrics.Meter);
        BatchCounts counts = new()
        {
            Read = 20,
            Matched = 5,
            Unmatched = 4,
            Ambiguous = 3,
            Filtered = 5,
            Rejected = 3,
            ByFilter = { ["deleted"] = 3, ["supplier"] = 2 },
            ByReason = { ["field-count"] = 3 },
        };

        metrics.Committed("things", counts);
        metrics.Committed("things", counts);
        metrics.Corrected(
            "things",
            new BatchCounts { Matched = 10, Unmatched = 8, Ambiguous = 6 },
            new BatchCounts { Matched = 4, Unmatched = 6, Ambiguous = 6, Conflict = 1, Folded = 7 });

        Assert.Equal(
            new SortedDictionary<string, double>(StringComparer.Ordinal)
            {
                ["recon.batches.committed pipeline=things"] = 2,
                ["recon.records.filtered filter=deleted pipeline=things"] = 6,
                ["recon.records.filtered filter=supplier pipeline=things"] = 4,
                ["recon.records.folded pipeline=things"] = 7,
                ["recon.records.read pipeline=things"] = 40,
                ["recon.records.rejected pipeline=things reason=field-count"] = 6,
                ["recon.records.staged pipeline=things status=ambiguous"] = 6,
                ["recon.records.staged pipeline=things status=conflict"] = 1,
                ["recon.records.staged pipeline=things status=matched"] = 4,
                ["recon.records.staged pipeline=things status=unmatched"] = 6,
            },
            readings.Sums);
    }

    [Fact]
    public async Task Graph_Run_RecordsADurationPerBatchAndOnePerBlockOfIt()
    {
        using ReconMetrics metrics = new();
        using MeterReadings readings = new(metrics.Meter);
        GraphRig rig = new(9) { Metrics = metrics };

        await rig.RunAsync();

        Assert.Equal(
            ["pipeline=things", "block=csv", "block=diff", "block=lookup0", "block=lookup1", "block=stage"],
            readings.Counts.Keys.Select(key => key.Split(' ')[1]));
        Assert.All(readings.Counts.Values, count => Assert.Equal(9, count));
    }

    [Fact]
    public async Task Graph_Running_ShowsItsQueuesAndOnlyThenAndItsCapacitiesAlsoAfterwards()
    {
        using ReconMetrics metrics = new();
        using MeterReadings readings = new(metrics.Meter);
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        GraphRig rig = new(30)
        {
            Metrics = metrics,
            Hook = async (block, _, _) => await (block == "stage" ? gate.Task : Task.CompletedTask),
        };

        Task<bool> running = rig.RunAsync();
        await rig.UntilAsync(() => rig.Graph.Blocks[1].Queued == 2 && rig.Graph.Blocks[2].Queued == 4);
        readings.Observe();
        SortedDictionary<string, double> during = new(readings.Sums, StringComparer.Ordinal);
        gate.SetResult();
        await running;
        readings.Observe();

        Assert.Equal(2, during["recon.block.queue block=batch pipeline=things"]);
        Assert.Equal(4, during["recon.block.queue block=lookup0 pipeline=things"]);
        Assert.DoesNotContain(readings.Sums.Keys, key => key.StartsWith("recon.block.queue", StringComparison.Ordinal));
        // A run of seconds ends before anybody asks.
        Assert.Equal(2, readings.Sums["recon.block.capacity block=batch pipeline=things"]);
        Assert.Equal(
            during.Where(reading => reading.Key.StartsWith("recon.block.capacity", StringComparison.Ordinal)),
            readings.Sums.Where(reading => reading.Key.StartsWith("recon.block.capacity", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Instruments_OfARun_CarryNoTagButNamesOfTheDefinition()
    {
        using ReconMetrics metrics = new();
        using MeterReadings readings = new(metrics.Meter);
        GraphRig rig = new(3) { Metrics = metrics };

        await rig.RunAsync();
        metrics.Committed("things", rig.Batches[0].Counts);
        metrics.LookedUp("things", "match", 10, 7, TimeSpan.FromSeconds(1));
        metrics.Copied("things", TimeSpan.FromSeconds(1));
        metrics.Retried("lookup");
        metrics.Runs.Started("things");
        metrics.Runs.Phase("things", "folding", TimeSpan.FromSeconds(1));
        metrics.Runs.Ended("things", "failed", TimeSpan.FromSeconds(1), rig.Batches[0].Counts, DateTimeOffset.UnixEpoch);
        readings.Observe();

        Assert.All(readings.TagNames, name => Assert.Contains(name, s_tags));
        Assert.DoesNotContain(readings.Sums.Keys, key => key.Contains(GraphRig.Secret, StringComparison.Ordinal));
    }
}
