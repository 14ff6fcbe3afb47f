using System.Diagnostics.Metrics;
using Recon.Cli.Telemetry;

namespace Recon.Cli.Tests.Telemetry;

public sealed class MetricTotalsTests
{
    // Npgsql makes its instruments in a static constructor, for which its own observable instruments wait.
    [Fact]
    public void Read_OfAnInstrumentThatWaitsForAnotherToBeMade_Ends()
    {
        using var meter = new Meter("recon.tests.made-while-read");
        bool isMade = false;
        meter.CreateObservableGauge("waits", () =>
        {
            var other = new Thread(() => meter.CreateCounter<int>("late").Add(7)) { IsBackground = true };
            other.Start();
            isMade = other.Join(TimeSpan.FromSeconds(30));
            return 1;
        });
        using var totals = new MetricTotals([meter.Name]);

        IReadOnlyList<MetricLine> lines = totals.Read();

        Assert.True(isMade, "Another thread could not make an instrument while this one read.");
        Assert.Equal([("waits", 1.0), ("late", 7.0)], lines.Select(line => (line.Name, line.Value)));
    }

    [Fact]
    public void Read_AnInstrumentThatIsAskedAndTellsNothingAnyMore_LeavesItOut()
    {
        using var meter = new Meter("recon.tests.asked");
        int asked = 0;
        meter.CreateObservableGauge("once", () => ++asked == 1 ? [new Measurement<int>(1)] : Array.Empty<Measurement<int>>());
        using var totals = new MetricTotals([meter.Name]);

        Assert.Equal(["once"], totals.Read().Select(line => line.Name));
        Assert.Empty(totals.Read());
    }
}
