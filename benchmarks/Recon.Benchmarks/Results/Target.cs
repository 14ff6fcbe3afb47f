using System.Globalization;
using System.Text.Json.Nodes;

namespace Recon.Benchmarks.Results;

/// <summary>What a figure must not exceed.</summary>
/// <param name="Command">The command that measures it.</param>
/// <param name="Rows">With how many communications; the most, where there are several sizes.</param>
/// <param name="Strategy">The lookup strategy; <see langword="null"/> where there is only one.</param>
/// <param name="Figure">The figure's name in the command's figures.</param>
/// <param name="Measure">The figure in words.</param>
/// <param name="Most">The most that it may be.</param>
/// <param name="Unit">What it is counted in; empty for a ratio.</param>
internal sealed record Target(string Command, long Rows, string? Strategy, string Figure, string Measure, double Most, string Unit = "")
{
    /// <summary>All targets, in the order in which they are shown.</summary>
    public static IReadOnlyList<Target> All { get; } =
    [
        new("full", 1_000_000, "any", "ratio_to_sql", "full run against the fair SQL, `any`: wall time", 0.55),
        new("full", 1_000_000, "any", "cpu_ratio_to_sql", "full run against the fair SQL, `any`: CPU", 0.60),
        new("full", 1_000_000, "auto", "ratio_to_sql", "full run against the fair SQL, `auto`: wall time", 0.45),
        new("full", 1_000_000, "auto", "cpu_ratio_to_sql", "full run against the fair SQL, `auto`: CPU", 0.50),
        new("full", 1_000_000, "any", "ratio_to_duckdb", "full run against the DuckDB script, `any`: wall time", 0.45),
        new("full", 1_000_000, "any", "peak_ratio_to_duckdb", "full run against the DuckDB script, `any`: peak memory", 0.10),
        new("full", 1_000_000, "any", "cpu_ratio_to_parts", "CPU of a run against that of its parts, `any`", 1.25),
        new("full", 1_000_000, "auto", "cpu_ratio_to_parts", "CPU of a run against that of its parts, `auto`", 1.25),
        new("rerun", 1_000_000, null, "cpu_ratio_to_full", "re-run after changes against a full run, `auto`: CPU", 0.20),
        new("rerun", 1_000_000, null, "ratio_to_full", "re-run after changes against a full run, `auto`: wall time", 0.25),
        new("full", 1_000_000, "any", "peak_rss_mb", "peak memory, a million records, `any`", 170, "MB"),
        new("full", 1_000_000, "auto", "peak_rss_mb", "peak memory, a million records, `auto`", 220, "MB"),
        new("sweep", 10_000_000, "any", "peak_rss_mb", "peak memory, highest of all sizes, `any`", 170, "MB"),
        new("sweep", 10_000_000, "auto", "peak_rss_mb", "peak memory, highest of all sizes, `auto`", 220, "MB"),
        new("sweep", 10_000_000, "any", "cpu_spread", "CPU of a record, dearest size against cheapest, `any`", 1.15),
        new("sweep", 10_000_000, "auto", "cpu_spread", "CPU of a record, dearest size against cheapest, `auto`", 1.15),
        new("start", 10_000, null, "first_batch_seconds", "start to the first committed batch", 0.25, "s"),
        new("start", 10_000, null, "version_seconds", "`recon --version`", 0.05, "s"),
        new("workers", 1_000_000, null, "loss_to_linear", "records a second with 1, 2 and 4 workers, each on a tenth of a core: loss against linear", 0.15),
        new("workers", 1_000_000, null, "take_over_seconds", "coordinator killed: another one leads", 5, "s"),
        new("facets", 3_000_000, null, "facets_p95_ms", "counts by facet of three million rows, 95 of 100 answers", 300, "ms"),
    ];

    /// <summary>Judges the figures that have a target.</summary>
    /// <param name="command">The command that measured.</param>
    /// <param name="rows">With how many communications; the most, where there were several sizes.</param>
    /// <param name="strategy">The lookup strategy that was measured.</param>
    /// <param name="executable">The name of the executable that was measured.</param>
    /// <param name="figures">Its figures.</param>
    public static IEnumerable<TargetResult> Judge(string command, long rows, string strategy, string executable, JsonObject figures)
        => from target in All
           where target.Command == command && target.Rows == rows && (target.Strategy ?? strategy) == strategy
           where figures.ContainsKey(target.Figure)
           select new TargetResult(target.Measure, executable, figures[target.Figure]!.GetValue<double>(), target.Most, target.Unit);
}

/// <summary>A figure beside its target.</summary>
/// <param name="Measure">The figure in words.</param>
/// <param name="Executable">The name of the executable that was measured.</param>
/// <param name="Measured">What was measured.</param>
/// <param name="Most">The most that it may be.</param>
/// <param name="Unit">What it is counted in; empty for a ratio.</param>
internal sealed record TargetResult(string Measure, string Executable, double Measured, double Most, string Unit)
{
    /// <summary>Whether the target was met.</summary>
    public bool Passed => Measured <= Most;

    /// <summary>Reads those of a saved result, which has none if it was saved before there were targets.</summary>
    public static IEnumerable<TargetResult> Of(SavedResult result)
        => result.Figures["targets"] is JsonArray targets ? targets.Select(target => Of(target!.AsObject())) : [];

    /// <summary>The figures of a saved result.</summary>
    public JsonObject ToJson() => new()
    {
        ["measure"] = Measure,
        ["executable"] = Executable,
        ["measured"] = Math.Round(Measured, 3),
        ["most"] = Most,
        ["unit"] = Unit,
        ["passed"] = Passed,
    };

    /// <summary>A value with its unit.</summary>
    public string Text(double value) => string.Create(
        CultureInfo.InvariantCulture, $"{value.ToString(Unit == "MB" ? "0" : "0.00", CultureInfo.InvariantCulture)} {Unit}").TrimEnd();

    /// <inheritdoc/>
    public override string ToString() => $"{(Passed ? "pass" : "MISS")}  {Executable}: {Measure}: {Text(Measured)} (at most {Text(Most)})";

    private static TargetResult Of(JsonObject target) => new(
        (string)target["measure"]!,
        (string)target["executable"]!,
        (double)target["measured"]!,
        (double)target["most"]!,
        (string)target["unit"]!);
}
