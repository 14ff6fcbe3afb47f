using System.Globalization;
using System.Text.Json.Serialization;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;

namespace Recon.Push.Planning;

/// <summary>The brakes of the definition as they were when the plan was made, with what a share is of.</summary>
/// <param name="MaxShare">In percent.</param>
/// <param name="Matched">The matched records of the pipeline.</param>
internal sealed record PlanBrakes(long MaxRecords, long MaxCleared, decimal MaxShare, long Matched, bool FourEyes)
{
    // Of a small table nearly everything may have changed.
    private const long LeastMatched = 1_000;

    public static PlanBrakes Of(PushDefinition push, long matched)
        => new(push.MaxRecords, push.MaxCleared, push.MaxShare.Value, matched, push.FourEyes);

    /// <summary>Says which brakes some changes exceed.</summary>
    /// <param name="parts">By pipeline: its brakes, and how many of its records and values would be changed and cleared.</param>
    /// <returns>What is exceeded by how much, for people; empty for nothing.</returns>
    public static IReadOnlyList<string> Exceeded(IReadOnlyList<(string Pipeline, PlanBrakes Brakes, long Records, long Cleared)> parts)
    {
        List<string> exceeded = [];
        if (parts.Count == 0)
        {
            return exceeded;
        }

        (long records, long cleared) = (parts.Sum(part => part.Records), parts.Sum(part => part.Cleared));
        if (records > parts[0].Brakes.MaxRecords)
        {
            exceeded.Add($"{CountText.Show(records, "record")}, and \"maxRecords\" is {CountText.Show(parts[0].Brakes.MaxRecords)}");
        }

        if (cleared > parts[0].Brakes.MaxCleared)
        {
            exceeded.Add($"{CountText.Show(cleared)} cleared {(cleared == 1 ? "value" : "values")}, and \"maxCleared\" is {CountText.Show(parts[0].Brakes.MaxCleared)}");
        }

        exceeded.AddRange(parts
            .Where(part => part.Brakes.Matched >= LeastMatched && part.Records * 100 > part.Brakes.Matched * part.Brakes.MaxShare)
            .Select(part => string.Create(
                CultureInfo.InvariantCulture,
                $"{part.Pipeline}: {Math.Floor(part.Records * 1000m / part.Brakes.Matched) / 10:0.#} % of its {CountText.Show(part.Brakes.Matched)} matched records, and \"maxShare\" is {part.Brakes.MaxShare:0.##} %")));
        return exceeded;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PlanBrakes))]
[JsonSerializable(typeof(LeftOut))]
internal sealed partial class PlanJson : JsonSerializerContext;
