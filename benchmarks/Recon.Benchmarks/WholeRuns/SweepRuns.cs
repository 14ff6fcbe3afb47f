using System.Globalization;
using System.Text.Json.Nodes;
using Recon.Benchmarks.Results;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>What a record costs, over sizes of the export: flat, if the tool does what it promises.</summary>
/// <param name="sizes">Numbers of communications.</param>
/// <param name="runs">Runs for each size, of which the median counts.</param>
/// <param name="executables">The builds of the tool.</param>
/// <param name="strategies">Lookup strategies; the first one's figures are the main ones.</param>
/// <param name="findings">What becomes of the figures.</param>
/// <param name="log">Told every single figure.</param>
internal sealed class SweepRuns(
    IReadOnlyList<long> sizes,
    IReadOnlyList<int> runs,
    IReadOnlyList<ReconExecutable> executables,
    IReadOnlyList<string> strategies,
    Findings findings,
    Action<string> log)
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
        Dictionary<Contender, List<SizeCost>> costs = Contender.Of(executables, strategies).ToDictionary(one => one, _ => new List<SizeCost>());
        foreach ((long rows, int times) in sizes.Zip(runs))
        {
            await using Workbench bench = await Workbench.OpenAsync(rows, log, token);
            server = bench.ServerVersion;
            settings = RunSettings.Of(JobDefinition.Write(bench.Folder, strategies[0]), strategies);
            Dictionary<Contender, List<Measured>> measured = costs.ToDictionary(one => one.Key, _ => new List<Measured>());
            for (int run = 0; run < times; run++)
            {
                foreach ((Contender contender, List<Measured> all) in measured)
                {
                    (Measured cost, _) = await new ToolRun(bench, contender).RunAsync(token);
                    all.Add(cost);
                    log($"{rows} communications, {contender}, run {run + 1}: {cost}");
                    await bench.ExecuteAsync("checkpoint", token);
                }
            }

            foreach ((Contender contender, List<Measured> all) in measured)
            {
                costs[contender].Add(SizeCost.Of(rows, Measured.Median(all)));
            }
        }

        var strategiesFigures = new JsonObject();
        List<TargetResult> targets = [];
        List<string> text = [];
        foreach ((Contender contender, List<SizeCost> all) in costs)
        {
            JsonObject one = Figures(contender, all);
            strategiesFigures[contender.Name(executables)] = one;
            targets.AddRange(Target.Judge("sweep", sizes.Max(), contender.Strategy, contender.Executable.Name, one));
            text.Add($"{contender}:");
            text.AddRange(all.Select(cost => cost.ToString()));
        }

        JsonObject figures = strategiesFigures.First().Value!.DeepClone().AsObject();
        figures["runs"] = new JsonArray([.. runs.Select(times => JsonValue.Create(times))]);
        figures["strategies"] = strategiesFigures;
        findings.Publish("sweep", sizes.Max(), figures, targets, text, server, settings, log);
        return 0;
    }

    private static JsonObject Figures(Contender contender, List<SizeCost> costs)
    {
        double spread = Spread(costs, cost => cost.Microseconds);
        return new JsonObject
        {
            ["strategy"] = contender.Strategy,
            ["executable"] = contender.Executable.Name,
            ["spread"] = Math.Round(spread, 3),
            ["flat"] = spread <= 1 + Flat,
            ["cpu_spread"] = Math.Round(Spread(costs, cost => cost.ClientCpu + cost.ServerCpu), 3),
            ["peak_rss_mb"] = Math.Round(costs.Max(cost => cost.PeakMegabytes), 1),
            ["sizes"] = new JsonArray([.. costs.Select(cost => cost.ToJson())]),
        };
    }

    /// <summary>What a record costs at the dearest size, as a multiple of the cheapest one's.</summary>
    /// <param name="costs">The costs of all sizes.</param>
    /// <param name="cost">What counts of them.</param>
    public static double Spread(IReadOnlyCollection<SizeCost> costs, Func<SizeCost, double> cost) => costs.Max(cost) / costs.Min(cost);
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
