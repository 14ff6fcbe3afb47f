using System.Text.Json;
using System.Text.Json.Nodes;
using Recon.Dataflow.Batches;

namespace Recon.Postgres.Staging;

/// <summary>Counts as JSON, for the ledger and the log: what is not zero, under the names of the properties.</summary>
internal static class CountsJson
{
    /// <param name="gates">Names of the gates that the run exceeded, for <see cref="ReadGates"/>.</param>
    public static string Write(BatchCounts counts, IEnumerable<string>? gates = null)
    {
        JsonObject json = Of(s_numbers.Select(number => (number.Name, number.Get(counts))));
        foreach ((string name, Func<BatchCounts, Dictionary<string, long>> get) in s_groups)
        {
            if (get(counts).Count > 0)
            {
                json[name] = Of(get(counts).Select(entry => (entry.Key, entry.Value)).OrderBy(entry => entry.Key, StringComparer.Ordinal));
            }
        }

        foreach ((string name, Func<BatchCounts, Dictionary<RejectedValue, long>> get) in s_sampled)
        {
            if (get(counts).Count > 0)
            {
                json[name] = new JsonArray([.. get(counts)
                    .OrderBy(entry => entry.Key.Property, StringComparer.Ordinal)
                    .ThenBy(entry => entry.Key.Reason, StringComparer.Ordinal)
                    .ThenBy(entry => entry.Key.Sample, StringComparer.Ordinal)
                    .Select(entry => Of(entry.Key, entry.Value))]);
            }
        }

        if (gates?.ToArray() is { Length: > 0 } exceeded)
        {
            json["gates"] = new JsonArray([.. exceeded.Select(gate => (JsonNode)gate)]);
        }

        WithheldSample[] samples = [.. counts.Withheld.Kept];
        if (samples.Length > 0)
        {
            json["withheld"] = new JsonArray([.. samples.Select(Of)]);
        }

        return json.ToJsonString();
    }

    /// <summary>The names of the gates that a run exceeded, from the log's document.</summary>
    public static IReadOnlyList<string> ReadGates(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.TryGetProperty("gates", out JsonElement gates)
            ? [.. gates.EnumerateArray().Select(gate => gate.GetString()!)]
            : [];
    }

    public static BatchCounts Read(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        JsonElement root = document.RootElement;
        var counts = new BatchCounts();
        foreach ((string name, _, Action<BatchCounts, long> set) in s_numbers)
        {
            if (root.TryGetProperty(name, out JsonElement number))
            {
                set(counts, number.GetInt64());
            }
        }

        foreach ((string name, Func<BatchCounts, Dictionary<string, long>> get) in s_groups)
        {
            if (root.TryGetProperty(name, out JsonElement group))
            {
                foreach (JsonProperty entry in group.EnumerateObject())
                {
                    get(counts)[entry.Name] = entry.Value.GetInt64();
                }
            }
        }

        foreach ((string name, Func<BatchCounts, Dictionary<RejectedValue, long>> get) in s_sampled)
        {
            if (root.TryGetProperty(name, out JsonElement values))
            {
                foreach (JsonElement value in values.EnumerateArray())
                {
                    get(counts)[new RejectedValue(
                        value.GetProperty("property").GetString()!,
                        value.GetProperty("column").GetString()!,
                        value.GetProperty("reason").GetString()!,
                        value.TryGetProperty("sample", out JsonElement sample) ? sample.GetString() : null)]
                        = value.GetProperty("count").GetInt64();
                }
            }
        }

        if (root.TryGetProperty("withheld", out JsonElement withheld))
        {
            foreach (JsonElement sample in withheld.EnumerateArray())
            {
                counts.Withheld.Add(new WithheldSample(
                    sample.GetProperty("property").GetString()!,
                    sample.GetProperty("rule").GetString()!,
                    sample.GetProperty("id").GetString()!,
                    sample.TryGetProperty("legacy", out JsonElement legacy) ? legacy.GetString() : null,
                    sample.TryGetProperty("hubspot", out JsonElement hubspot) ? hubspot.GetString() : null)
                {
                    At = ((int)Number(sample, "file"), Number(sample, "line")),
                });
            }
        }

        return counts;
    }

    private static readonly (string Name, Func<BatchCounts, long> Get, Action<BatchCounts, long> Set)[] s_numbers =
    [
        ("read", c => c.Read, (c, n) => c.Read = n),
        ("matched", c => c.Matched, (c, n) => c.Matched = n),
        ("unmatched", c => c.Unmatched, (c, n) => c.Unmatched = n),
        ("ambiguous", c => c.Ambiguous, (c, n) => c.Ambiguous = n),
        ("conflict", c => c.Conflict, (c, n) => c.Conflict = n),
        ("folded", c => c.Folded, (c, n) => c.Folded = n),
        ("filtered", c => c.Filtered, (c, n) => c.Filtered = n),
        ("rejected", c => c.Rejected, (c, n) => c.Rejected = n),
        ("withChanges", c => c.WithChanges, (c, n) => c.WithChanges = n),
        ("contested", c => c.Contested, (c, n) => c.Contested = n),
        ("latest", c => c.Latest, (c, n) => c.Latest = n),
    ];

    private static readonly (string Name, Func<BatchCounts, Dictionary<string, long>> Get)[] s_groups =
    [
        ("byFilter", c => c.ByFilter),
        ("byReason", c => c.ByReason),
        ("propertyChanges", c => c.PropertyChanges),
        ("suppressed", c => c.Suppressed),
        ("keptBack", c => c.KeptBack),
        ("remarks", c => c.Remarks),
        ("damage", c => c.Damage),
        ("convertedValues", c => c.ConvertedValues),
        ("parentIds", c => c.ParentIds),
    ];

    private static readonly (string Name, Func<BatchCounts, Dictionary<RejectedValue, long>> Get)[] s_sampled =
    [
        ("rejectedValues", c => c.RejectedValues),
        ("unresolvedParents", c => c.UnresolvedParents),
    ];

    private static JsonObject Of(IEnumerable<(string Name, long Count)> counts)
        => new(counts.Where(count => count.Count != 0).Select(count => KeyValuePair.Create(count.Name, (JsonNode?)count.Count)));

    private static JsonObject Of(RejectedValue value, long count)
    {
        var json = new JsonObject { ["property"] = value.Property, ["column"] = value.Column, ["reason"] = value.Reason };
        if (value.Sample is not null)
        {
            json["sample"] = value.Sample;
        }

        json["count"] = count;
        return json;
    }

    // A document of an earlier version does not say where its samples are.
    private static long Number(JsonElement sample, string name)
        => sample.TryGetProperty(name, out JsonElement number) ? number.GetInt64() : 0;

    private static JsonObject Of(WithheldSample sample)
    {
        var json = new JsonObject { ["property"] = sample.Property, ["rule"] = sample.Rule, ["id"] = sample.LegacyId };
        if (sample.Legacy is not null)
        {
            json["legacy"] = sample.Legacy;
        }

        if (sample.Hubspot is not null)
        {
            json["hubspot"] = sample.Hubspot;
        }

        json["file"] = sample.At.File;
        json["line"] = sample.At.Line;
        return json;
    }
}
