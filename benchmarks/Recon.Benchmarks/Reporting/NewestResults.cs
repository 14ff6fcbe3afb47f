using System.Text.Json.Nodes;
using Recon.Benchmarks.Results;

namespace Recon.Benchmarks.Reporting;

/// <summary>The newest saved result of each command.</summary>
/// <param name="Full">Tool and tuned SQL.</param>
/// <param name="Sweep">The cost over sizes.</param>
/// <param name="Python">Tool and Python.</param>
/// <param name="Start">Start to the first batch.</param>
internal sealed record NewestResults(SavedResult? Full, SavedResult? Sweep, SavedResult? Python, SavedResult? Start)
{
    /// <summary>Those that are there.</summary>
    public IReadOnlyList<SavedResult> All => [.. new[] { Full, Sweep, Python, Start }.OfType<SavedResult>()];

    /// <summary>Finds them.</summary>
    /// <param name="results">All saved results.</param>
    public static NewestResults Of(IReadOnlyList<SavedResult> results) => new(
        SavedResult.Newest(results, "full"),
        SavedResult.Newest(results, "sweep"),
        SavedResult.Newest(results, "python"),
        SavedResult.Newest(results, "start"));

    /// <summary>A figure.</summary>
    /// <param name="figures">The figures.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="InvalidDataException">It is missing, or no number.</exception>
    public static double Number(JsonObject figures, string name)
        => figures[name] is JsonValue value && value.TryGetValue(out double number)
            ? number
            : throw new InvalidDataException($"A saved result lacks the figure '{name}'. Measure again with --save.");
}
