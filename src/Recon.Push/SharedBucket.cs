using Recon.HubSpot.Api;
using Recon.Postgres.Push;

namespace Recon.Push;

/// <summary>The calls of an account, shared by all processes through the database.</summary>
internal sealed class SharedBucket(CallBucket bucket) : ICallBucket
{
    public async ValueTask TakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await bucket.TakeAsync(cancellationToken);
        }
        catch (PushStoppedException stop)
        {
            throw new StoppedException(stop.Message);
        }
    }

    public async ValueTask ObserveAsync(RateState state, CancellationToken cancellationToken)
    {
        if (state.IsEmpty)
        {
            return;
        }

        // How long, not until when: the server's clock counts, and this machine's may differ.
        try
        {
            await bucket.ObserveAsync(
                state.Max, state.Remaining, state.Interval, state.Daily, state.DailyRemaining, state.PauseUntil - state.At, cancellationToken);
        }
        catch (PushStoppedException)
        {
            // The answer is to be judged all the same; the next call will not be made.
        }
    }
}
