using System.Text.Json;
using System.Text.Json.Nodes;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using Recon.Postgres.Lookups;

namespace Recon.Postgres.Staging;

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
    /// <exception cref="StagingException">Another version of recon gave it, in a way that this one cannot read.</exception>
    public static IReadOnlyDictionary<string, ParentIds> ReadParents(string text) => Read(text, "ids", ids => new ParentIds(
        Enum.Parse<IdType>(ids.GetProperty("type").GetString()!),
        ids.GetProperty("decimals").GetBoolean(),
        ids.GetProperty("reason").GetString()!));

    /// <summary>What the tables of lookups were, by the name of the lookup.</summary>
    /// <param name="text">As for <see cref="ReadParents"/>.</param>
    /// <exception cref="StagingException">Another version of recon gave it, in a way that this one cannot read.</exception>
    public static IReadOnlyDictionary<string, TableMark> ReadMarks(string text)
        => Read(text, "mirror", mark => mark.Deserialize(TableMarkJson.Default.TableMark)!);

    /// <summary>The strategies of lookups, by their names.</summary>
    /// <param name="text">As for <see cref="ReadParents"/>.</param>
    /// <exception cref="StagingException">Another version of recon gave it, in a way that this one cannot read.</exception>
    public static Dictionary<string, LookupStrategy> ReadStrategies(string text)
        => Read(text, "strategy", word => word.GetString() == Word(LookupStrategy.Cache) ? LookupStrategy.Cache : LookupStrategy.Any);

    private static Dictionary<string, T> Read<T>(string text, string name, Func<JsonElement, T> read)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            Dictionary<string, T> found = [];
            foreach (JsonProperty lookup in document.RootElement.EnumerateObject())
            {
                if (lookup.Value.TryGetProperty(name, out JsonElement decided))
                {
                    found[lookup.Name] = read(decided);
                }
            }

            return found;
        }
        catch (Exception unknown) when (unknown is JsonException or ArgumentException or KeyNotFoundException or InvalidOperationException)
        {
            throw new StagingException(
                "The log keeps what the unfinished run decided about its lookups in a way that this version of recon does not know. "
                + "Continue the run with the version that began it, or start over with --fresh.");
        }
    }

    public static string Word(LookupStrategy strategy) => strategy == LookupStrategy.Cache ? "cache" : "any";
}
