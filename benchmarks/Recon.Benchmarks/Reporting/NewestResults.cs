using System.Text.Json.Nodes;
using Recon.Benchmarks.Results;

namespace Recon.Benchmarks.Reporting;

/// <summary>The newest saved result of each command.</summary>
/// <param name="Full">Tool, tuned SQL and DuckDB.</param>
/// <param name="Rerun">A run after changes.</param>
/// <param name="Sweep">The cost over sizes.</param>
/// <param name="Python">Tool and Python.</param>
/// <param name="Start">Start to the first batch.</param>
/// <param name="Workers">Several workers.</param>
internal sealed record NewestResults(
    SavedResult? Full, SavedResult? Rerun, SavedResult? Sweep, SavedResult? Python, SavedResult? Start, SavedResult? Workers)
{
    /// <summary>Those that are there.</summary>
    public IReadOnlyList<SavedResult> All => [.. new[] { Full, Rerun, Sweep, Python, Start, Workers }.OfType<SavedResult>()];

    /// <summary>Finds them.</summary>
    /// <param name="results">All saved results.</param>
    public static NewestResults Of(IReadOnlyList<SavedResult> results) => new(
        SavedResult.Newest(results, "full"),
        SavedResult.Newest(results, "rerun"),
        SavedResult.Newest(results, "sweep"),
        SavedResult.Newest(results, "python"),
        SavedResult.Newest(results, "start"),
        SavedResult.Newest(results, "workers"));

    /// <summary>The figures of each build and strategy that a result compares, by name; of older results, of the only one.</summary>
    /// <param name="result">The result.</param>
    public static IEnumerable<(string Name, JsonObject Figures)> Contenders(SavedResult result) => result.Figures["strategies"] is JsonObject several
        ? several.Select(one => (Name(one.Key, one.Value!.AsObject()), one.Value!.AsObject()))
        : [(Name((string?)result.Figures["strategy"] ?? "any", result.Figures), result.Figures)];

    /// <summary>A figure.</summary>
    /// <param name="figures">The figures.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="InvalidDataException">It is missing, or no number.</exception>
    public static double Number(JsonObject figures, string name)
        => figures[name] is JsonValue value && value.TryGetValue(out double number)
            ? number
            : throw new InvalidDataException($"A saved result lacks the figure '{name}'. Measure again with --save.");

    private static string Name(string key, JsonObject figures) => (string?)figures["executable"] is { } executable
        ? $"{figures["strategy"]} ({executable})"
        : key;
}
