using Recon.Dataflow.Values;

namespace Recon.Discovery.Writing;

/// <summary>What a definition needs beside the proposal.</summary>
internal sealed record WriterSettings
{
    /// <summary>The pipeline's name: a label, that no other pipeline of the file has.</summary>
    public required string Name { get; init; }

    /// <summary>The input as the definition names it: relative to it, with forward slashes, perhaps a pattern.</summary>
    public required string Path { get; init; }

    /// <summary>The folder of the definition.</summary>
    public required string Folder { get; init; }

    /// <summary>The definition's <c>postgres</c>: <c>embedded</c> or <c>env:NAME</c>.</summary>
    public string Postgres { get; init; } = "embedded";

    /// <summary>The defaults of the file that gets another pipeline; null for a new file, whose defaults follow from the proposal.</summary>
    public DefaultsDefinition? Defaults { get; init; }

    /// <summary>The JSON Schema, as the definition names it; null where there is none to be found.</summary>
    public string? Schema { get; init; }

    /// <summary>Staging tables of other pipelines.</summary>
    public IReadOnlyCollection<string> TakenTables { get; init; } = [];
}
