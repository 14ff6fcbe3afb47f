using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Values.Custom;

namespace Recon.Postgres.Runs;

/// <summary>What to run and how, beyond the definition.</summary>
public sealed record RunRequest
{
    /// <summary>The definition.</summary>
    public required ReconDefinition Definition { get; init; }

    /// <summary>The folder that relative paths start from.</summary>
    public required string BaseDirectory { get; init; }

    /// <summary>Fingerprint of a pipeline's definition, for resuming.</summary>
    public required Func<PipelineDefinition, string> Fingerprint { get; init; }

    /// <summary>A file in place of the pipeline's own; relative to the current folder. Default: the definition's.</summary>
    public string? Input { get; init; }

    /// <summary>Most records to read; the run is then partial and merges its rows. Default: all.</summary>
    public long? Limit { get; init; }

    /// <summary>Canonical legacy ids to run; the run is then partial and merges its rows. Default: all.</summary>
    public IReadOnlySet<string>? Ids { get; init; }

    /// <summary>Whether an unfinished attempt is continued. Default: <see langword="false"/>.</summary>
    public bool Resume { get; init; }

    /// <summary>Whether an unfinished attempt is thrown away. Default: <see langword="false"/>.</summary>
    public bool Fresh { get; init; }

    /// <summary>Rejects above which nothing is published, in place of the definition's: a count or a share.</summary>
    public string? MaxRejects { get; init; }

    /// <summary>Whether the result is published although there are more rejects. Default: <see langword="false"/>.</summary>
    public bool PublishAnyway { get; init; }

    /// <summary>Conversions of kind <c>custom</c>, by name. Default: none.</summary>
    public IReadOnlyDictionary<string, CustomConverter> Conversions { get; init; } = new Dictionary<string, CustomConverter>();

    /// <summary>What the path <c>-</c> reads; the process's standard input when <see langword="null"/>.</summary>
    public Stream? StandardInput { get; init; }

    /// <summary>Told what became of each record of the input; <see langword="null"/> in a run.</summary>
    internal IReadObserver? Observer { get; init; }

    /// <summary>Whether the run merges its rows in place of replacing the result.</summary>
    public bool IsPartial => Limit is not null || Ids is not null;
}
