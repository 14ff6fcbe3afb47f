using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Npgsql;
using Recon.Benchmarks.Results;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>From the start of the process to its first committed batch, on a prepared server.</summary>
/// <param name="rows">Communications.</param>
/// <param name="runs">Runs, of which the median counts; one more before them does not.</param>
/// <param name="findings">What becomes of the figures.</param>
/// <param name="log">Told every single figure.</param>
internal sealed class StartRuns(long rows, int runs, Findings findings, Action<string> log)
{
    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(3);

    /// <summary>Measures.</summary>
    /// <param name="token">Cancels it.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken token)
    {
        await using Workbench bench = await Workbench.OpenAsync(rows, log, token);
        var tool = new ToolRun(bench, "any");
        await tool.RunAsync(token);
        List<double> first = [];
        List<double> whole = [];
        for (int run = 0; run <= runs; run++)
        {
            (double batch, double end) = await MeasureAsync(bench, tool, token);
            log(string.Create(
                CultureInfo.InvariantCulture, $"{(run == 0 ? "warm-up" : run)}: first batch after {batch:0.000} s, end after {end:0.000} s"));
            if (run > 0)
            {
                first.Add(batch);
                whole.Add(end);
            }
        }

        var figures = new JsonObject
        {
            ["rows"] = rows,
            ["runs"] = runs,
            ["first_batch_seconds"] = Math.Round(Measured.Median(first), 3),
            ["fastest_first_batch_seconds"] = Math.Round(first.Min(), 3),
            ["whole_seconds"] = Math.Round(Measured.Median(whole), 3),
        };
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"{rows} communications: first batch committed after {Measured.Median(first):0.000} s (fastest {first.Min():0.000} s), end after {Measured.Median(whole):0.000} s; medians of {runs} runs.");
        findings.Publish("start", rows, figures, [text], bench.ServerVersion, RunSettings.Of(tool.Definition, ["any"]), log);
        return 0;
    }

    private static async Task<(double First, double Whole)> MeasureAsync(Workbench bench, ToolRun tool, CancellationToken token)
    {
        await using var connection = new NpgsqlConnection(bench.ConnectionString);
        await connection.OpenAsync(token);
        await using var count = new NpgsqlCommand(
            "select count(*) from staging.reconciliation_ledger where run_id <> all($1)", connection)
        {
            Parameters = { new() { Value = await RunsAsync(connection, token) } },
        };
        await count.PrepareAsync(token);
        ProcessStartInfo start = tool.Start();
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        var watch = Stopwatch.StartNew();
        using Process process = Process.Start(start)!;
        await using CancellationTokenRegistration kill = token.Register(process.Kill);
        Task<string> output = process.StandardOutput.ReadToEndAsync(token);
        Task<string> errors = process.StandardError.ReadToEndAsync(token);
        double? first = null;
        while (first is null && !process.HasExited)
        {
            first = (long)(await count.ExecuteScalarAsync(token))! > 0 ? watch.Elapsed.TotalSeconds : null;
            await Task.Delay(s_glance, TimeProvider.System, token);
        }

        await process.WaitForExitAsync(token);
        double whole = watch.Elapsed.TotalSeconds;
        await output;
        return process.ExitCode == 0 && first is { } seen
            ? (seen, whole)
            : throw new InvalidOperationException(
                $"recon ended with exit code {process.ExitCode}{(first is null ? ", and no batch was seen" : "")}: {await errors}");
    }

    private static async Task<Guid[]> RunsAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(
            "select coalesce(array_agg(distinct run_id), '{}') from staging.reconciliation_ledger", connection);
        return (Guid[])(await command.ExecuteScalarAsync(token))!;
    }
}
