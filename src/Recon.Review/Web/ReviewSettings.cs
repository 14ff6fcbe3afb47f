using Microsoft.Extensions.Logging;
using Npgsql;
using Recon.Dataflow.Definition;

namespace Recon.Review.Web;

/// <summary>What the pages of <c>recon review</c> show, and how.</summary>
internal sealed record ReviewSettings
{
    public required DefinitionReading Reading { get; init; }

    /// <summary>The pipelines that are shown.</summary>
    public required IReadOnlyList<ValidPipeline> Pipelines { get; init; }

    /// <summary>Where the published results are.</summary>
    public required NpgsqlDataSource Database { get; init; }

    /// <summary>The server for messages.</summary>
    public required string Server { get; init; }

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
}
