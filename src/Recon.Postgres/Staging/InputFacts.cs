using System.Text.Json;
using System.Text.Json.Nodes;
using Recon.Dataflow.Extract.Cuts;
using Recon.Dataflow.Text;

namespace Recon.Postgres.Staging;

/// <summary>What a run found out about its input before it read it, as the log keeps it: a record that is judged again later is judged by it, too.</summary>
/// <param name="Missing">Optional columns that the input lacks.</param>
/// <param name="Destroyed">Columns whose dates are lost.</param>
/// <param name="Cuts">Lengths at which texts were cut.</param>
/// <param name="Decided">The last entry of the history of decisions that the run knew.</param>
internal sealed record InputFacts(
    IReadOnlyCollection<string> Missing, IReadOnlyCollection<string> Destroyed, IReadOnlyList<CutPattern> Cuts, long Decided)
{
    public string Write()
    {
        var cuts = new JsonArray();
        foreach (CutPattern cut in Cuts)
        {
            cuts.Add((JsonNode)new JsonObject
            {
                ["column"] = cut.Column,
                ["length"] = cut.Length.Length,
                ["measure"] = cut.Length.Measure.ToString(),
                ["texts"] = cut.Texts,
                ["sample"] = cut.Sample,
                ["torn"] = cut.AreTorn,
            });
        }

        return new JsonObject { ["missing"] = Texts(Missing), ["destroyed"] = Texts(Destroyed), ["cuts"] = cuts, ["decided"] = Decided }.ToJsonString();
    }

    /// <param name="text">What <see cref="Write"/> gave.</param>
    public static InputFacts Read(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        JsonElement root = document.RootElement;
        return new InputFacts(
            [.. root.GetProperty("missing").EnumerateArray().Select(name => name.GetString()!)],
            [.. root.GetProperty("destroyed").EnumerateArray().Select(name => name.GetString()!)],
            [
                .. root.GetProperty("cuts").EnumerateArray().Select(cut => new CutPattern(
                    cut.GetProperty("column").GetString()!,
                    new TextLength(cut.GetProperty("length").GetInt32(), Enum.Parse<TextMeasure>(cut.GetProperty("measure").GetString()!)),
                    cut.GetProperty("texts").GetInt32(),
                    cut.GetProperty("sample").GetInt32())
                {
                    AreTorn = cut.GetProperty("torn").GetBoolean(),
                }),
            ],
            root.GetProperty("decided").GetInt64());
    }

    private static JsonArray Texts(IEnumerable<string> texts)
    {
        var array = new JsonArray();
        foreach (string text in texts.Order(StringComparer.Ordinal))
        {
            array.Add((JsonNode)JsonValue.Create(text));
        }

        return array;
    }
}
