using Recon.HubSpot.Api;

namespace Recon.HubSpot.Tests.Api;

public sealed class MemoryBucketTests
{
    private readonly SkippingClock _clock = new(TimeSpan.Zero);

    [Fact]
    public async Task Take_NothingTold_DoesNotWait()
    {
        await new MemoryBucket(_clock).TakeAsync(default);

        Assert.Empty(_clock.Waits);
    }

    [Fact]
    public async Task Take_IntervalUsedUp_WaitsForTheNextOne()
    {
        var bucket = new MemoryBucket(_clock);
        await bucket.ObserveAsync(new RateState(_clock.GetUtcNow(), Max: 3, Remaining: 1, Interval: TimeSpan.FromSeconds(10)), default);

        await TakeAsync(bucket, 1);
        Assert.Empty(_clock.Waits);

        await TakeAsync(bucket, 3);
        Assert.Equal([TimeSpan.FromSeconds(10)], _clock.Waits);
    }

    [Fact]
    public async Task Observe_AnswersThatOvertakeEachOther_KeepTheSmallestRest()
    {
        var bucket = new MemoryBucket(_clock);
        await bucket.ObserveAsync(new RateState(_clock.GetUtcNow(), Max: 100, Remaining: 0), default);
        await bucket.ObserveAsync(new RateState(_clock.GetUtcNow(), Max: 100, Remaining: 50), default);

        await bucket.TakeAsync(default);

        Assert.Equal([TimeSpan.FromSeconds(10)], _clock.Waits);
    }

    [Fact]
    public async Task Take_Paused_WaitsForTheEndOfThePause()
    {
        var bucket = new MemoryBucket(_clock);
        await bucket.ObserveAsync(new RateState(_clock.GetUtcNow(), PauseUntil: _clock.GetUtcNow().AddSeconds(4)), default);

        await bucket.TakeAsync(default);

        Assert.Equal([TimeSpan.FromSeconds(4)], _clock.Waits);
    }

    private static async Task TakeAsync(MemoryBucket bucket, int times)
    {
        for (int i = 0; i < times; i++)
        {
            await bucket.TakeAsync(default);
        }
    }
}
