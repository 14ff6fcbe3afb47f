using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>Runs <c>recon run communications</c> as its user would, as a process of its own.</summary>
internal sealed class ToolRun
{
    private readonly Workbench _bench;
    private readonly string _definition;

    /// <summary>Writes the definition: the shipped one, with the export of the workbench and one strategy for all lookups.</summary>
    /// <param name="bench">The server and the export.</param>
    /// <param name="strategy">The strategy: any, cache or auto.</param>
    public ToolRun(Workbench bench, string strategy)
    {
        _bench = bench;
        _definition = Path.Combine(bench.Folder, $"pipeline-{strategy}.json");
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

        File.WriteAllText(_definition, definition.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }

    /// <summary>The definition's path.</summary>
    public string Definition => _definition;

    /// <summary>Runs it.</summary>
    /// <param name="token">Kills the process.</param>
    /// <returns>What it cost, and what it printed for the pipeline.</returns>
    /// <exception cref="InvalidOperationException">It did not complete.</exception>
    public async Task<(Measured Cost, JsonElement Result)> RunAsync(CancellationToken token)
    {
        (Measured cost, string output) = await MeasuredProcess.RunAsync(Start(), _bench.Clock, token);
        using JsonDocument document = JsonDocument.Parse(output);
        return (cost, document.RootElement.GetProperty("runs")[0].Clone());
    }

    /// <summary>How the tool is started.</summary>
    public ProcessStartInfo Start() => new(Executable())
    {
        WorkingDirectory = _bench.Folder,
        ArgumentList = { "run", "communications", "--definition", _definition, "--fresh", "--json", "--quiet" },
        Environment = { ["RECON_POSTGRES"] = _bench.ConnectionString },
    };

    private static string Executable()
    {
        string path = Path.Combine(
            Workbench.Root, "artifacts", "bin", "Recon.Cli", "release", OperatingSystem.IsWindows() ? "recon.exe" : "recon");
        return File.Exists(path) ? path : throw new InvalidOperationException($"{path} is missing. Run the benchmarks with -c Release.");
    }
}
