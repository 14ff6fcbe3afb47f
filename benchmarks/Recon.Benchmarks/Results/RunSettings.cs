using System.Text.Json.Nodes;
using Recon.Dataflow.Definition;

namespace Recon.Benchmarks.Results;

/// <summary>The settings of the definition that decide about speed.</summary>
internal static class RunSettings
{
    /// <summary>The settings of the communications.</summary>
    /// <param name="definitionFile">The definition.</param>
    /// <param name="strategies">The lookup strategies that were measured.</param>
    public static JsonObject Of(string definitionFile, IEnumerable<string> strategies)
        => Of(DefinitionReader.Read(definitionFile).Definition!.Pipelines.Single(pipeline => pipeline.Name == "communications"), strategies);

    private static JsonObject Of(ValidPipeline pipeline, IEnumerable<string> strategies) => new()
    {
        ["batch_rows"] = pipeline.Batch.Rows,
        ["lookup_parallelism"] = new JsonArray([.. pipeline.Lookups.Select(lookup => JsonValue.Create(lookup.Parallelism))]),
        ["diff_parallelism"] = pipeline.Diff.Parallelism,
        ["writers"] = pipeline.Stage.Writers,
        ["strategies"] = new JsonArray([.. strategies.Select(strategy => JsonValue.Create(strategy))]),
    };
}
