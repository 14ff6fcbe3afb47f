using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Npgsql;
using Recon.Benchmarks.Results;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>From the start of the process to its first committed batch, on a prepared server; and to its end, where it only tells its version.</summary>
/// <param name="rows">Communications.</param>
/// <param name="runs">Runs, of which the median counts; one more before them does not.</param>
/// <param name="executables">The builds of the tool.</param>
/// <param name="findings">What becomes of the figures.</param>
/// <param name="log">Told every single figure.</param>
internal sealed class StartRuns(long rows, int runs, IReadOnlyList<ReconExecutable> executables, Findings findings, Action<string> log)
{
    private const string Strategy = "any";
    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(3);

    /// <summary>Measures.</summary>
    /// <param name="token">Cancels it.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken token)
    {
        await using Workbench bench = await Workbench.OpenAsync(rows, log, token);
        IReadOnlyList<Contender> contenders = Contender.Of(executables, [Strategy]);
        Dictionary<Contender, Starts> all = contenders.ToDictionary(contender => contender, _ => new Starts([], [], []));
        await new ToolRun(bench, contenders[0]).RunAsync(token);
        for (int run = 0; run <= runs; run++)
        {
            foreach ((Contender contender, Starts starts) in all)
            {
                (double first, double whole) = await MeasureAsync(bench, await new ToolRun(bench, contender).StartAsync(token), token);
                (Measured version, _) = await MeasuredProcess.RunAsync(contender.Executable.Start("--version"), bench.Clock, token);
                log(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(run == 0 ? "warm-up" : run)}, {contender.Executable.Name}: first batch after {first:0.000} s, end after {whole:0.000} s; version after {version.Seconds:0.000} s"));
                if (run > 0)
                {
                    starts.First.Add(first);
                    starts.Whole.Add(whole);
                    starts.Version.Add(version.Seconds);
                }
            }
        }

        var byContender = new JsonObject();
        List<TargetResult> targets = [];
        List<string> text = [];
        foreach ((Contender contender, Starts starts) in all)
        {
            JsonObject one = starts.Figures(contender, rows, runs);
            byContender[contender.Name(executables)] = one;
            targets.AddRange(Target.Judge("start", rows, Strategy, contender.Executable.Name, one));
            text.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{contender.Executable.Name}, {rows} communications: first batch committed after {one["first_batch_seconds"]} s (fastest {one["fastest_first_batch_seconds"]} s), end after {one["whole_seconds"]} s; version after {one["version_seconds"]} s; medians of {runs} runs."));
        }

        JsonObject figures = byContender.First().Value!.DeepClone().AsObject();
        figures["strategies"] = byContender;
        findings.Publish(
            "start", rows, figures, targets, text, bench.ServerVersion, RunSettings.Of(JobDefinition.Write(bench.Folder, Strategy), [Strategy]), log);
        return 0;
    }

    private static async Task<(double First, double Whole)> MeasureAsync(Workbench bench, ProcessStartInfo start, CancellationToken token)
    {
        await using var connection = new NpgsqlConnection(bench.ConnectionString);
        await connection.OpenAsync(token);
        await using var count = new NpgsqlCommand(
            "select count(*) from staging.reconciliation_ledger where run_id <> all($1)", connection)
        {
            Parameters = { new() { Value = await RunsAsync(connection, token) } },
        };
        await count.PrepareAsync(token);
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

    private sealed record Starts(List<double> First, List<double> Whole, List<double> Version)
    {
        public JsonObject Figures(Contender contender, long rows, int runs) => new()
        {
            ["rows"] = rows,
            ["runs"] = runs,
            ["strategy"] = contender.Strategy,
            ["executable"] = contender.Executable.Name,
            ["first_batch_seconds"] = Math.Round(Measured.Median(First), 3),
            ["fastest_first_batch_seconds"] = Math.Round(First.Min(), 3),
            ["whole_seconds"] = Math.Round(Measured.Median(Whole), 3),
            ["version_seconds"] = Math.Round(Measured.Median(Version), 3),
        };
    }
}
