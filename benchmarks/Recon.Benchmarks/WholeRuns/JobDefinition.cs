using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>The definition that is measured: the shipped one, with the export beside it and one strategy for all lookups.</summary>
internal static class JobDefinition
{
    private static readonly JsonSerializerOptions s_layout = new() { WriteIndented = true };

    /// <summary>Writes it.</summary>
    /// <param name="folder">The folder of the export.</param>
    /// <param name="strategy">The strategy: any, cache or auto.</param>
    /// <returns>Its path.</returns>
    public static string Write(string folder, string strategy)
    {
        string path = Path.Combine(folder, $"pipeline-{strategy}.json");
        JsonNode definition = JsonNode.Parse(
            File.ReadAllText(Path.Combine(Workbench.Root, "pipeline.json")),
            documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!;
        foreach (JsonNode? block in definition["pipelines"]!.AsArray().SelectMany(pipeline => pipeline!["blocks"]!.AsArray()))
        {
            switch ((string?)block!["kind"])
            {
                case "csv":
                    block["path"] = Path.GetFileName((string)block["path"]!);
                    break;
                case "lookup":
                    block["strategy"] = strategy;
                    break;
                default:
                    break;
            }
        }

        File.WriteAllText(path, definition.ToJsonString(s_layout));
        return path;
    }
}
