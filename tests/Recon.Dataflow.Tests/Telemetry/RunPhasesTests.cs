using Microsoft.Extensions.Time.Testing;
using Recon.Dataflow.Telemetry;
using Recon.Testing;

namespace Recon.Dataflow.Tests.Telemetry;

public sealed class RunPhasesTests
{
    [Fact]
    public void Phases_OneAfterTheOther_AddUpToTheRun()
    {
        FakeTimeProvider clock = new();
        using ReconMetrics metrics = new();
        using MeterReadings readings = new(metrics.Meter);
        int ended = 0;
        metrics.Runs.PhaseEnded += () => ended++;
        RunPhases phases = new("things", clock, metrics.Runs);

        clock.Advance(TimeSpan.FromSeconds(5));
        phases.Enter("indexing");
        clock.Advance(TimeSpan.FromSeconds(3));
        phases.Enter("publishing");
        clock.Advance(TimeSpan.FromSeconds(1));
        phases.End();

        Assert.Equal("publishing", phases.Current);
        Assert.Equal(3, ended);
        Assert.Equal(
            new SortedDictionary<string, double>(StringComparer.Ordinal)
            {
                ["recon.phase.duration phase=indexing pipeline=things"] = 3,
                ["recon.phase.duration phase=publishing pipeline=things"] = 1,
                ["recon.phase.duration phase=reading pipeline=things"] = 5,
            },
            readings.Sums);
    }

    [Fact]
    public void LongestEnding_SeveralPhases_IsTheOneThatTookMostAfterTheReading()
    {
        FakeTimeProvider clock = new();
        RunPhases phases = new("things", clock, null);
        clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Null(phases.LongestEnding());
        foreach ((string phase, int seconds) in ((string, int)[])[("indexing", 3), ("folding", 4), ("indexing", 2), ("publishing", 1)])
        {
            phases.Enter(phase);
            clock.Advance(TimeSpan.FromSeconds(seconds));
        }

        Assert.Equal("indexing", phases.LongestEnding());
    }

    [Fact]
    public void Watches_OfTwoRuns_AddUpWhatWasReadAndForgetTheHeartbeat()
    {
        using ReconMetrics metrics = new();
        using MeterReadings readings = new(metrics.Meter);
        using (metrics.Runs.WatchInput("things", () => 100, 150))
        using (metrics.Runs.WatchHeartbeat("things", () => TimeSpan.FromSeconds(2)))
        {
            readings.Observe();
            Assert.Equal(100, readings.Sums["recon.input.read pipeline=things"]);
            Assert.Equal(2, readings.Sums["recon.lease.heartbeat.age pipeline=things"]);
        }

        using (metrics.Runs.WatchInput("things", () => 30, null))
        {
            readings.Observe();
        }

        Assert.Equal(130, readings.Sums["recon.input.read pipeline=things"]);
        Assert.DoesNotContain("recon.input.size pipeline=things", readings.Sums.Keys);
        Assert.DoesNotContain("recon.lease.heartbeat.age pipeline=things", readings.Sums.Keys);
    }
}
