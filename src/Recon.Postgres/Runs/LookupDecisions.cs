using System.Text.Json;
using System.Text.Json.Nodes;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using Recon.Postgres.Lookups;

namespace Recon.Postgres.Runs;

/// <summary>What a run decided about its lookups, as the log keeps it.</summary>
internal static class LookupDecisions
{
    /// <summary>
    /// The strategy of each lookup, with the reason, how the ids of a parent are written where that was left open, and what its table
    /// was when the run began.
    /// </summary>
    /// <param name="marks">The tables, by their name in the definition.</param>
    /// <returns>A JSON object by the names of the lookups.</returns>
    public static string Write(
        IReadOnlyDictionary<string, StrategyDecision> strategies, IReadOnlyDictionary<string, TableMark> marks, ValidPipeline pipeline)
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

            if (marks.TryGetValue(lookup.Table, out TableMark? mark))
            {
                decided["mirror"] = JsonSerializer.SerializeToNode(mark, TableMarkJson.Default.TableMark);
            }

            all[lookup.Label] = decided;
        }

        return all.ToJsonString();
    }

    /// <summary>How the ids of parents are written, by the name of the lookup.</summary>
    /// <param name="text">What <see cref="Write"/> gave; earlier versions said nothing of ids and tables.</param>
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

    /// <summary>What the tables of lookups were, by the name of the lookup.</summary>
    public static IReadOnlyDictionary<string, TableMark> ReadMarks(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        Dictionary<string, TableMark> marks = [];
        foreach (JsonProperty lookup in document.RootElement.EnumerateObject())
        {
            if (lookup.Value.TryGetProperty("mirror", out JsonElement mark))
            {
                marks[lookup.Name] = mark.Deserialize(TableMarkJson.Default.TableMark)!;
            }
        }

        return marks;
    }

    public static string Word(LookupStrategy strategy) => strategy == LookupStrategy.Cache ? "cache" : "any";
}
