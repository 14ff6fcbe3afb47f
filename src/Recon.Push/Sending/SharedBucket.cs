using Recon.HubSpot.Api;
using Recon.Postgres.Push;

namespace Recon.Push.Sending;

/// <summary>The calls of one push on their way through the bucket that all processes share. Thread-safe.</summary>
internal sealed class SharedBucket(CallBucket shared, PushTally tally, TimeProvider clock) : ICallBucket
{
    public async ValueTask TakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await shared.TakeAsync(cancellationToken);
        }
        catch (PushStoppedException stopped)
        {
            throw new StoppedException(stopped.Message);
        }

        tally.Called();
    }

    public async ValueTask ObserveAsync(RateState state, CancellationToken cancellationToken)
    {
        tally.Observed(state);
        try
        {
            await shared.ObserveAsync(
                state.Max,
                state.Remaining,
                state.Interval,
                state.Daily,
                state.DailyRemaining,
                state.PauseUntil is { } until ? until - clock.GetUtcNow() : null,
                cancellationToken);
        }
        catch (PushStoppedException)
        {
            // An answer is here: what it says of records counts, and the next call is not made.
        }
    }
}
