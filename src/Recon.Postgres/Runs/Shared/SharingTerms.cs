namespace Recon.Postgres.Runs.Shared;

/// <summary>How a run shares its work with workers.</summary>
/// <param name="Desk">Where the workers find it.</param>
internal sealed record SharingTerms(RunDesk Desk)
{
    /// <summary>Batches of a split.</summary>
    /// <value>Default: 4, some twenty thousand records: few enough to balance, and enough that asking for them costs nothing.</value>
    public int BatchesPerSplit { get; init; } = 4;

    /// <summary>Splits that are cut ahead of what the workers have taken.</summary>
    public int SplitsAhead { get; init; } = 64;

    /// <summary>How long a worker may show no sign of life before its splits are given to others.</summary>
    /// <value>Default: 10 seconds.</value>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether the run goes on where a coordinator that is gone left off: whatever that was allowed to discard stays.</summary>
    public bool IsTakeOver { get; init; }

    /// <summary>Since when it does, by the server's clock: a lease that was taken later is that of whoever takes this one's place.</summary>
    /// <value>Default: whenever.</value>
    public DateTime TakenOverAt { get; init; } = DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc);

    /// <summary>Finds out whether another process coordinates the run by now.</summary>
    public Func<Task<bool>> IsDisplacedAsync { get; init; } = static () => Task.FromResult(false);

    /// <summary>Cancelled once another process coordinates the run: what this one still does of it is in vain.</summary>
    public CancellationToken Displaced { get; init; }

    /// <summary>Cancelled when nobody is left who could do the splits.</summary>
    public CancellationToken Gone { get; init; }
}
