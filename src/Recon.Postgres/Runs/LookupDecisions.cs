using System.Text.Json;
using System.Text.Json.Nodes;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Postgres.Lookups;

namespace Recon.Postgres.Runs;

/// <summary>What a run decided about its lookups, as the log keeps it.</summary>
internal static class LookupDecisions
{
    /// <summary>The strategy of each lookup, with the reason, and how the ids of a parent are written where that was left open.</summary>
    /// <returns>A JSON object by the names of the lookups.</returns>
    public static string Write(IReadOnlyDictionary<string, StrategyDecision> strategies, ValidPipeline pipeline)
    {
        var all = new JsonObject();
        foreach (ValidLookup lookup in pipeline.Lookups)
        {
            var decided = new JsonObject
            {
                ["strategy"] = Word(strategies[lookup.Label].Strategy),
                ["reason"] = strategies[lookup.Label].Reason,
            };
            if (lookup.Ids is { } ids)
            {
                decided["ids"] = new JsonObject { ["type"] = ids.Type.ToString(), ["decimals"] = ids.HasDecimals, ["reason"] = ids.Reason };
            }

            all[lookup.Label] = decided;
        }

        return all.ToJsonString();
    }

    /// <summary>How the ids of parents are written, by the name of the lookup.</summary>
    /// <param name="text">What <see cref="Write"/> gave; earlier versions said nothing of ids.</param>
    public static IReadOnlyDictionary<string, ParentIds> ReadParents(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        Dictionary<string, ParentIds> parents = [];
        foreach (JsonProperty lookup in document.RootElement.EnumerateObject())
        {
            if (lookup.Value.TryGetProperty("ids", out JsonElement ids))
            {
                parents[lookup.Name] = new ParentIds(
                    Enum.Parse<IdType>(ids.GetProperty("type").GetString()!),
                    ids.GetProperty("decimals").GetBoolean(),
                    ids.GetProperty("reason").GetString()!);
            }
        }

        return parents;
    }

    public static string Word(LookupStrategy strategy) => strategy == LookupStrategy.Cache ? "cache" : "any";
}
