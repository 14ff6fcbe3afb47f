using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Connections;
using Recon.Postgres.Queries.Review;
using Recon.Postgres.Runs;

namespace Recon.Review.Web;

/// <summary>What the pages of <c>recon review</c> show, and how.</summary>
internal sealed record ReviewSettings
{
    private readonly ConcurrentDictionary<string, ReviewReader> _readers = new(StringComparer.Ordinal);

    public required DefinitionReading Reading { get; init; }

    /// <summary>The pipelines that are shown.</summary>
    public required IReadOnlyList<ValidPipeline> Pipelines { get; init; }

    /// <summary>The server where the published results are, and the mirror.</summary>
    public required ReconDataSources Sources { get; init; }

    /// <summary>Replaces the content of the definition, unless it has become another one than the first; <see langword="null"/> where it cannot be written.</summary>
    public Action<byte[], byte[]>? ReplaceDefinition { get; init; }

    /// <summary>Who decides.</summary>
    public required string Reviewer { get; init; }

    /// <summary>Whether nothing can be decided: values can be looked at, no more.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Whether values of records are hidden until somebody asks for one.</summary>
    public bool IsMasked { get; init; }

    public required string ToolVersion { get; init; }

    public required TimeProvider Clock { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>Cancelled when the page ends.</summary>
    public required CancellationToken Stopping { get; init; }

    public ValidDefinition Definition => Reading.Definition!;

    /// <summary>Where pages are read from, each within <see cref="DataSourceOptions.ReviewTimeout"/>.</summary>
    public NpgsqlDataSource Database => Sources.Review;

    /// <summary>What is said of a question that took longer.</summary>
    public string GivenUp => string.Create(
        CultureInfo.InvariantCulture, $"The server has not answered within {Sources.Options.ReviewTimeout.TotalSeconds:0.#} seconds, so that the question was given up.");

    /// <summary>The server for messages.</summary>
    public string Server => Sources.Server;

    /// <summary>What works on a pipeline needs.</summary>
    public RunContext ContextOf(ValidPipeline pipeline) => new(Sources, RunRequest.Of(Reading), pipeline) { Clock = Clock, Logger = Logger };

    /// <summary>What reads the published result of a pipeline; it keeps what it has counted.</summary>
    public ReviewReader ReaderOf(ValidPipeline pipeline) => _readers.GetOrAdd(pipeline.Name, _ => new ReviewReader(ContextOf(pipeline)));

    /// <summary>Frees what reads, when nobody is served any more.</summary>
    public void Close()
    {
        foreach (ReviewReader reader in _readers.Values)
        {
            reader.Dispose();
        }
    }
}
