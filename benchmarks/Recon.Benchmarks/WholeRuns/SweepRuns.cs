using System.Globalization;
using System.Text.Json.Nodes;
using Recon.Benchmarks.Results;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>What a record costs, over sizes of the export: flat, if the tool does what it promises.</summary>
/// <param name="sizes">Numbers of communications.</param>
/// <param name="runs">Runs for each size, of which the median counts.</param>
/// <param name="strategy">The lookup strategy.</param>
/// <param name="findings">What becomes of the figures.</param>
/// <param name="log">Told every single figure.</param>
internal sealed class SweepRuns(
    IReadOnlyList<long> sizes, int runs, string strategy, Findings findings, Action<string> log)
{
    /// <summary>The spread up to which the cost counts as flat.</summary>
    public const double Flat = 0.15;

    /// <summary>Measures.</summary>
    /// <param name="token">Cancels it.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken token)
    {
        string server = "";
        var settings = new JsonObject();
        List<SizeCost> costs = [];
        foreach (long rows in sizes)
        {
            await using Workbench bench = await Workbench.OpenAsync(rows, log, token);
            server = bench.ServerVersion;
            var tool = new ToolRun(bench, strategy);
            settings = RunSettings.Of(tool.Definition, [strategy]);
            List<Measured> measured = [];
            for (int run = 0; run < runs; run++)
            {
                (Measured cost, _) = await tool.RunAsync(token);
                measured.Add(cost);
                log($"{rows} communications, run {run + 1}: {cost}");
                await bench.ExecuteAsync("checkpoint", token);
            }

            costs.Add(SizeCost.Of(rows, Measured.Median(measured)));
        }

        double spread = Spread(costs);
        var figures = new JsonObject
        {
            ["strategy"] = strategy,
            ["runs"] = runs,
            ["spread"] = Math.Round(spread, 3),
            ["flat"] = spread <= Flat,
            ["sizes"] = new JsonArray([.. costs.Select(cost => cost.ToJson())]),
        };
        IEnumerable<string> text = costs.Select(cost => cost.ToString()).Append(string.Create(
            CultureInfo.InvariantCulture,
            $"The dearest size costs {100 * spread:0} % more per record than the cheapest: {(spread <= Flat ? "flat" : "not flat")} (at most {100 * Flat:0} %)."));
        findings.Publish("sweep", sizes.Max(), figures, text, server, settings, log);
        return 0;
    }

    /// <summary>How much more a record costs at the dearest size than at the cheapest: 0.1 is 10 %.</summary>
    /// <param name="costs">The costs by size.</param>
    public static double Spread(IReadOnlyCollection<SizeCost> costs)
        => (costs.Max(cost => cost.Microseconds) / costs.Min(cost => cost.Microseconds)) - 1;
}

/// <summary>What a record costs at one size.</summary>
/// <param name="Rows">Communications.</param>
/// <param name="Seconds">Wall time of the run.</param>
/// <param name="Microseconds">Wall time of a record.</param>
/// <param name="ClientCpu">CPU time of the tool for a record, in microseconds.</param>
/// <param name="ServerCpu">CPU time of the server for a record, in microseconds.</param>
/// <param name="PeakMegabytes">Most resident memory of the tool, in MB.</param>
internal sealed record SizeCost(
    long Rows, double Seconds, double Microseconds, double ClientCpu, double ServerCpu, double PeakMegabytes)
{
    /// <summary>Divides the cost of a run by its records.</summary>
    /// <param name="rows">Communications.</param>
    /// <param name="run">The run.</param>
    public static SizeCost Of(long rows, Measured run) => new(
        rows, run.Seconds, 1e6 * run.Seconds / rows, 1e6 * run.ClientCpu / rows, 1e6 * run.ServerCpu / rows, run.PeakMegabytes);

    /// <summary>The figures.</summary>
    public JsonObject ToJson() => new()
    {
        ["rows"] = Rows,
        ["seconds"] = Math.Round(Seconds, 2),
        ["wall_us_per_row"] = Math.Round(Microseconds, 3),
        ["client_cpu_us_per_row"] = Math.Round(ClientCpu, 3),
        ["server_cpu_us_per_row"] = Math.Round(ServerCpu, 3),
        ["peak_rss_mb"] = Math.Round(PeakMegabytes, 1),
    };

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Rows} communications: {Seconds:0.00} s, {Microseconds:0.00} µs a record; CPU {ClientCpu:0.00} µs client, {ServerCpu:0.00} µs server; peak {PeakMegabytes:0} MB");
}
