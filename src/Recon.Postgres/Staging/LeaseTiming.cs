namespace Recon.Postgres.Staging;

/// <summary>How often a run shows that it is alive, and how long it may be silent. The same for all runs of a schema.</summary>
internal sealed record LeaseTiming
{
    /// <value>Default: 1 second. A holder whose connection is gone is dead after three of them.</value>
    public TimeSpan Beat { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a holder whose connection still stands may be silent before another run takes over.</summary>
    /// <value>At least five beats. Default: 30 seconds.</value>
    public TimeSpan Expiry { get; init; } = TimeSpan.FromSeconds(Lease.ExpirySeconds);
}
