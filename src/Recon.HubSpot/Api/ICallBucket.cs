namespace Recon.HubSpot.Api;

/// <summary>The calls that an account allows, shared by all who call it. Thread-safe.</summary>
internal interface ICallBucket
{
    /// <summary>Waits until there is room for a call, and takes it.</summary>
    /// <exception cref="StoppedException">Somebody asked that all calls stop.</exception>
    /// <exception cref="DailyLimitException">The calls of the day are used up.</exception>
    ValueTask TakeAsync(CancellationToken cancellationToken);

    /// <summary>Takes note of what an answer told.</summary>
    ValueTask ObserveAsync(RateState state, CancellationToken cancellationToken);

    /// <summary>Takes note of a call that failed: HubSpot may suspend an app of which too many do.</summary>
    void Failed()
    {
    }
}
