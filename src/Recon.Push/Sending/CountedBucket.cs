using Recon.HubSpot.Api;

namespace Recon.Push.Sending;

/// <summary>Counts the calls of one push, those included that are made again, and keeps what answers tell of the limits.</summary>
internal sealed class CountedBucket(ICallBucket bucket, PushTally tally) : ICallBucket
{
    public async ValueTask TakeAsync(CancellationToken cancellationToken)
    {
        await bucket.TakeAsync(cancellationToken);
        tally.Called();
    }

    public void Failed() => tally.Fail();

    public ValueTask ObserveAsync(RateState state, CancellationToken cancellationToken)
    {
        tally.Observed(state);
        return bucket.ObserveAsync(state, cancellationToken);
    }
}
