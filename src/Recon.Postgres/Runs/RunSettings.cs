namespace Recon.Postgres.Runs;

/// <summary>How one run differs from what the definition says.</summary>
public record RunSettings
{
    /// <summary>
    /// A file to read instead of the pipeline's own, relative to the current folder, or the address of an object. Default: the definition's.
    /// </summary>
    public string? Input { get; init; }

    /// <summary>Maximum number of records to read; the run is then partial and merges its rows. Default: all.</summary>
    public long? Limit { get; init; }

    /// <summary>Canonical legacy ids to run; the run is then partial and merges its rows. Default: all.</summary>
    public IReadOnlySet<string>? Ids { get; init; }

    /// <summary>Whether to continue an unfinished attempt; starts a new one if there is none. Default: <see langword="false"/>.</summary>
    public bool Resume { get; init; }

    /// <summary>Whether to discard an unfinished attempt and start over. If there is one, either this or <see cref="Resume"/> is required. Default: <see langword="false"/>.</summary>
    public bool Fresh { get; init; }

    /// <summary>
    /// Whether every row is written, also where only what differs from the published result would be. Default: <see langword="false"/>.
    /// </summary>
    public bool Full { get; init; }

    /// <summary>Number of rejects above which nothing is published, instead of the definition's: a count (<c>100</c>) or a share (<c>5%</c>).</summary>
    public string? MaxRejects { get; init; }

    /// <summary>
    /// Limits of the other gates, instead of the definition's: by key (<c>maxShrink</c>), a count or a share (<c>80%</c>). Default: none.
    /// </summary>
    public IReadOnlyDictionary<string, string> Gates { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether to publish the result even if it exceeds gates, of which rejects are one. Default: <see langword="false"/>.</summary>
    public bool PublishAnyway { get; init; }

    /// <summary>What the path <c>-</c> reads; <see langword="null"/> means the process's standard input.</summary>
    public Stream? StandardInput { get; init; }

    /// <summary>Whether the run merges its rows instead of replacing the result.</summary>
    public bool IsPartial => Limit is not null || Ids is not null;
}
