using System.Diagnostics;
using System.Text.Json;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>Runs <c>recon run communications</c> as its user would, as a process of its own.</summary>
internal sealed class ToolRun
{
    // What makes a run do all of its work, where the build knows it.
    private const string Full = "--full";

    private readonly Workbench _bench;
    private readonly ReconExecutable _executable;
    private readonly string _definition;
    private bool? _knowsFull;

    /// <summary>Writes the definition.</summary>
    /// <param name="bench">The server and the export.</param>
    /// <param name="contender">The executable, and the strategy: any, cache or auto.</param>
    public ToolRun(Workbench bench, Contender contender)
    {
        _bench = bench;
        _executable = contender.Executable;
        _definition = JobDefinition.Write(bench.Folder, contender.Strategy);
    }

    /// <summary>The definition's path.</summary>
    public string Definition => _definition;

    /// <summary>Runs it in full.</summary>
    /// <param name="token">Kills the process.</param>
    /// <returns>What it cost, and what it printed for the pipeline.</returns>
    /// <exception cref="InvalidOperationException">It did not complete.</exception>
    public async Task<(Measured Cost, JsonElement Result)> RunAsync(CancellationToken token) => await RunAsync(await StartAsync(token), token);

    /// <summary>Runs it again after a full run, free to do only what has changed.</summary>
    /// <param name="token">Kills the process.</param>
    /// <returns>What it cost, and what it printed for the pipeline.</returns>
    /// <exception cref="InvalidOperationException">It did not complete.</exception>
    public Task<(Measured Cost, JsonElement Result)> RerunAsync(CancellationToken token) => RunAsync(Start(), token);

    /// <summary>How a full run is started.</summary>
    public async Task<ProcessStartInfo> StartAsync(CancellationToken token)
    {
        _knowsFull ??= await _executable.KnowsAsync(Full, _bench.Clock, token);
        return _knowsFull.Value ? Start(Full) : Start();
    }

    private ProcessStartInfo Start(params IEnumerable<string> more)
    {
        ProcessStartInfo start = _executable.Start(
            ["run", "communications", "--definition", _definition, "--fresh", "--json", "--quiet", .. more]);
        start.WorkingDirectory = _bench.Folder;
        start.Environment["RECON_POSTGRES"] = _bench.ConnectionString;
        return start;
    }

    private async Task<(Measured Cost, JsonElement Result)> RunAsync(ProcessStartInfo start, CancellationToken token)
    {
        (Measured cost, string output) = await MeasuredProcess.RunAsync(start, _bench.Clock, token);
        using JsonDocument document = JsonDocument.Parse(output);
        return (cost, document.RootElement.GetProperty("runs")[0].Clone());
    }
}
