using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Recon.Benchmarks.Results;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>From an export of forty columns that nobody has described to a published run: <c>recon init</c>, then <c>recon run</c>.</summary>
/// <param name="rows">Records of the mirror.</param>
/// <param name="executable">The build of the tool.</param>
/// <param name="findings">What becomes of the figures.</param>
/// <param name="log">Told every single figure.</param>
internal sealed class InitRuns(long rows, ReconExecutable executable, Findings findings, Action<string> log)
{
    /// <summary>Communications of the mirror, which nobody asks.</summary>
    private const long Beside = 10_000;

    private const string Name = "communications";

    /// <summary>Measures.</summary>
    /// <param name="token">Cancels it.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken token)
    {
        await using Workbench shared = await Workbench.OpenAsync(Beside, log, token);
        await using Workbench bench = await shared.CopyAsync("init", token);
        string csv = Path.Combine(bench.Folder, "wide.csv");
        string definition = Path.Combine(bench.Folder, "pipeline-init.json");
        await WideExport.FillAsync(bench, rows, token);
        await WideExport.WriteAsync(bench, rows, csv, token);
        File.Delete(definition);
        (Measured init, string proposed) = await CallAsync(bench, ["init", "--csv", csv, "--table", WideExport.Table, "--name", Name, "--into", definition, "--json"], token);
        log($"init: {init}");
        (Measured run, string ran) = await CallAsync(bench, ["run", Name, "--definition", definition, "--json", "--quiet"], token);
        log($"run: {run}");
        using JsonDocument proposal = JsonDocument.Parse(proposed);
        using JsonDocument result = JsonDocument.Parse(ran);
        JsonElement counts = result.RootElement.GetProperty("runs")[0];
        var figures = new JsonObject
        {
            ["executable"] = executable.Name,
            ["megabytes"] = Math.Round(new FileInfo(csv).Length / 1e6),
            ["properties"] = proposal.RootElement.GetProperty("properties").EnumerateArray().Count(property => property.GetProperty("active").GetBoolean()),
            ["matched"] = counts.GetProperty("matched").GetInt64(),
            ["init_seconds"] = Math.Round(init.Seconds, 2),
            ["init_client_cpu_seconds"] = Math.Round(init.ClientCpu, 2),
            ["init_peak_mb"] = Math.Round(init.PeakMegabytes),
            ["run_seconds"] = Math.Round(run.Seconds, 2),
            ["run_peak_mb"] = Math.Round(run.PeakMegabytes),
            ["seconds"] = Math.Round(init.Seconds + run.Seconds, 2),
        };
        findings.Publish(
            "init",
            rows,
            figures,
            [],
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{figures["megabytes"]} MB, {figures["properties"]} of 40 columns proposed: init {figures["init_seconds"]} s, run {figures["run_seconds"]} s; peaks {figures["init_peak_mb"]} and {figures["run_peak_mb"]} MB"),
            ],
            bench.ServerVersion,
            RunSettings.Of(definition, []),
            log);
        return 0;
    }

    private Task<(Measured Cost, string Output)> CallAsync(Workbench bench, IReadOnlyList<string> arguments, CancellationToken token)
    {
        ProcessStartInfo start = executable.Start(arguments);
        start.WorkingDirectory = bench.Folder;
        start.Environment["RECON_POSTGRES"] = bench.ConnectionString;
        return MeasuredProcess.RunAsync(start, bench.Clock, token);
    }
}
