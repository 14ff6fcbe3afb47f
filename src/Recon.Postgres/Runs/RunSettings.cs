namespace Recon.Postgres.Runs;

/// <summary>How one run differs from what the definition says.</summary>
public record RunSettings
{
    /// <summary>A file in place of the pipeline's own; relative to the current folder. Default: the definition's.</summary>
    public string? Input { get; init; }

    /// <summary>Most records to read; the run is then partial and merges its rows. Default: all.</summary>
    public long? Limit { get; init; }

    /// <summary>Canonical legacy ids to run; the run is then partial and merges its rows. Default: all.</summary>
    public IReadOnlySet<string>? Ids { get; init; }

    /// <summary>Whether an unfinished attempt is continued. Default: <see langword="false"/>.</summary>
    public bool Resume { get; init; }

    /// <summary>Whether an unfinished attempt is discarded. Default: <see langword="false"/>.</summary>
    public bool Fresh { get; init; }

    /// <summary>Rejects above which nothing is published, in place of the definition's: a count or a share.</summary>
    public string? MaxRejects { get; init; }

    /// <summary>Whether the result is published although there are more rejects. Default: <see langword="false"/>.</summary>
    public bool PublishAnyway { get; init; }

    /// <summary>What the path <c>-</c> reads; the process's standard input when <see langword="null"/>.</summary>
    public Stream? StandardInput { get; init; }

    /// <summary>Whether the run merges its rows in place of replacing the result.</summary>
    public bool IsPartial => Limit is not null || Ids is not null;
}
