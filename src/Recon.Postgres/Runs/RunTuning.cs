using Recon.Postgres.Faults;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Runs;

/// <summary>How patiently a run tries again and waits. The defaults suit a server that is restarted or fails over.</summary>
internal sealed record RunTuning
{
    /// <summary>Retries of what comes before the first batch: connecting, catalog, lease, attempt.</summary>
    /// <value>Default: 3 retries within 10 seconds, so that a wrong address is told soon.</value>
    public RetrySettings Start { get; init; } = new() { MaxRetries = 3, Budget = TimeSpan.FromSeconds(10) };

    /// <value>Default: 20 within 2 minutes, so that the time decides: a fail-over may take one.</value>
    public RetrySettings Lookups { get; init; } = new() { MaxRetries = 20 };

    /// <summary>Retries of each batch, as a whole. Default: as for the lookups.</summary>
    public RetrySettings Batches { get; init; } = new() { MaxRetries = 20 };

    /// <summary>Retries of each step after the last batch: folding, indexes, publication.</summary>
    /// <value>Default: 20 within 2 minutes, as a reader may hold a lock.</value>
    public RetrySettings Ending { get; init; } = new() { MaxRetries = 20 };

    /// <summary>Fewest published rows with which a run compares its own, to write only what differs.</summary>
    /// <value>Default: 10,000. Fewer are written in no time.</value>
    public long LeastToCompare { get; init; } = 10_000;

    /// <summary>Bytes that runs of changes may add to what the run before them noted of all records, of that, before everything is noted anew.</summary>
    /// <value>Default: a quarter. Reading all of it takes as much longer.</value>
    public double MostAdded { get; init; } = 0.25;

    /// <summary>Of how many batches a run of changes puts what is left to compare into one.</summary>
    /// <value>Default: 32. Each batch is a transaction and a query of each lookup.</value>
    public int MostMerged { get; init; } = 32;

    /// <summary>How long a run waits for the replica of its lookups to have what the server has.</summary>
    /// <value>Default: 1 minute.</value>
    public TimeSpan ReplicaPatience { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Beats and expiry of the lease.</summary>
    public LeaseTiming Lease { get; init; } = new();
}
