using System.Globalization;
using System.Text.Json.Nodes;
using Recon.Benchmarks.Results;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>Runs the tool and a straightforward Python pipeline in turns.</summary>
/// <param name="rows">Communications.</param>
/// <param name="pairs">How often they take turns.</param>
/// <param name="strategy">The lookup strategy.</param>
/// <param name="findings">What becomes of the figures.</param>
/// <param name="log">Told every single figure.</param>
internal sealed class PythonRuns(long rows, int pairs, string strategy, Findings findings, Action<string> log)
{
    /// <summary>Measures.</summary>
    /// <param name="token">Cancels it.</param>
    /// <returns>The exit code: 0 also where Python is missing, 1 when the two disagree.</returns>
    public async Task<int> RunAsync(CancellationToken token)
    {
        if (await PythonPipeline.MissingAsync(token) is { } missing)
        {
            Console.WriteLine(findings.Json ? new JsonObject { ["skipped"] = missing }.ToJsonString() : $"skipped: {missing}");
            return 0;
        }

        await using Workbench bench = await Workbench.OpenAsync(rows, log, token);
        var tool = new ToolRun(bench, new Contender(ReconExecutable.Release, strategy));
        var python = new PythonPipeline(bench);
        List<Measured> toolRuns = [];
        List<Measured> pythonRuns = [];
        long differences = 0;
        for (int pair = 0; pair < pairs; pair++)
        {
            (Measured cost, _) = await tool.RunAsync(token);
            toolRuns.Add(cost);
            log($"{pair + 1}: recon, {strategy}: {cost}");
            await bench.ExecuteAsync("checkpoint", token);
            pythonRuns.Add(await python.RunAsync(token));
            log($"{pair + 1}: Python: {pythonRuns[^1]}");
            if (pair == 0)
            {
                differences = await python.DifferencesAsync(token);
                log(differences == 0 ? "Tool and Python agree on every record." : $"Tool and Python disagree on {differences} records.");
            }

            await python.DropAsync(token);
            await bench.ExecuteAsync("checkpoint", token);
        }

        Measured ours = Measured.Median(toolRuns);
        Measured theirs = Measured.Median(pythonRuns);
        var figures = new JsonObject
        {
            ["rows"] = rows,
            ["pairs"] = pairs,
            ["strategy"] = strategy,
            ["recon_seconds"] = Math.Round(ours.Seconds, 2),
            ["python_seconds"] = Math.Round(theirs.Seconds, 2),
            ["ratio_to_recon"] = Math.Round(theirs.Seconds / ours.Seconds, 2),
            ["recon_peak_rss_mb"] = Math.Round(ours.PeakMegabytes, 1),
            ["python_peak_rss_mb"] = Math.Round(theirs.PeakMegabytes, 1),
            ["python_client_cpu_seconds"] = Math.Round(theirs.ClientCpu, 2),
            ["python_server_cpu_seconds"] = Math.Round(theirs.ServerCpu, 2),
            ["python_versions"] = await python.VersionsAsync(token),
            ["differences"] = differences,
        };
        string[] text =
        [
            $"recon, {strategy}: {ours}",
            string.Create(CultureInfo.InvariantCulture, $"Python: {theirs}; {theirs.Seconds / ours.Seconds:0.0} times as long as recon"),
        ];
        findings.Publish("python", rows, figures, [], text, bench.ServerVersion, RunSettings.Of(tool.Definition, [strategy]), log);
        return differences == 0 ? 0 : 1;
    }
}
