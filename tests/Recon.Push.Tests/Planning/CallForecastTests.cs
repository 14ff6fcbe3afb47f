using Recon.Push.Planning;

namespace Recon.Push.Tests.Planning;

/// <summary>A forecast counts each call that a push without trouble makes.</summary>
public sealed class CallForecastTests
{
    [Theory]
    [InlineData(new long[] { }, 0, 0, false, 2, 0, 0, 0, 0)]
    [InlineData(new long[] { 5 }, 1, 10, false, 4, 1, 1, 1, 1)]
    [InlineData(new long[] { 100, 100, 50 }, 1, 10, false, 4, 3, 3, 3, 2)]
    [InlineData(new long[] { 100, 51, 3 }, 2, 0, true, 6, 5, 3, 0, 2)]
    [InlineData(new long[] { 1, 1, 1 }, 3, 1, false, 8, 3, 3, 1, 3)]
    public void Calls_OfAPlan_AreCounted(long[] batches, int types, int canary, bool withHistory, long preflight, long reads, long updates, long first, long verify)
    {
        CallForecast calls = CallForecast.For(batches, types, 7, canary, withHistory);

        Assert.Equal(new CallForecast(preflight, reads, updates, first, verify, 7), calls);
        Assert.Equal(preflight + reads + updates + first + verify + 7, calls.Total);
    }

    [Fact]
    public void Million_ReadBeforeWritten_TakesAThirtiethOfADay()
    {
        CallForecast calls = CallForecast.For([.. Enumerable.Repeat(100L, 10_000)], 1, 0, 10, false);

        Assert.Equal(20_009, calls.Total);
        Assert.InRange(calls.Minutes(PlanPortal.Usual), 17.5, 17.6);
        Assert.InRange(calls.ShareOfDay(PlanPortal.Usual)!.Value, 0.032, 0.0321);
        Assert.Null(calls.ShareOfDay(PlanPortal.Usual with { Daily = null }));
    }
}
