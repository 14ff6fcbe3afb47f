using System.Text;
using System.Text.Json;
using Recon.Dataflow.Batches;

namespace Recon.Postgres.Staging;

/// <summary>Counts as JSON, for the ledger and the log: what is not zero, under the names of the properties.</summary>
internal static class CountsJson
{
    public static string Write(BatchCounts counts)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            foreach ((string name, Func<BatchCounts, long> get, _) in s_numbers)
            {
                if (get(counts) != 0)
                {
                    json.WriteNumber(name, get(counts));
                }
            }

            foreach ((string name, Func<BatchCounts, Dictionary<string, long>> get) in s_groups)
            {
                WriteGroup(json, name, get(counts));
            }

            WriteRejectedValues(json, counts.RejectedValues);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
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

        if (root.TryGetProperty("rejectedValues", out JsonElement values))
        {
            foreach (JsonElement value in values.EnumerateArray())
            {
                counts.RejectedValues[new RejectedValue(
                    value.GetProperty("property").GetString()!,
                    value.GetProperty("column").GetString()!,
                    value.GetProperty("reason").GetString()!,
                    value.TryGetProperty("sample", out JsonElement sample) ? sample.GetString() : null)]
                    = value.GetProperty("count").GetInt64();
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
    ];

    private static void WriteGroup(Utf8JsonWriter json, string name, Dictionary<string, long> group)
    {
        if (group.Count == 0)
        {
            return;
        }

        json.WriteStartObject(name);
        foreach ((string key, long count) in group.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (count != 0)
            {
                json.WriteNumber(key, count);
            }
        }

        json.WriteEndObject();
    }

    private static void WriteRejectedValues(Utf8JsonWriter json, Dictionary<RejectedValue, long> values)
    {
        if (values.Count == 0)
        {
            return;
        }

        json.WriteStartArray("rejectedValues");
        foreach ((RejectedValue value, long count) in values
            .OrderBy(entry => entry.Key.Property, StringComparer.Ordinal)
            .ThenBy(entry => entry.Key.Reason, StringComparer.Ordinal)
            .ThenBy(entry => entry.Key.Sample, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("property", value.Property);
            json.WriteString("column", value.Column);
            json.WriteString("reason", value.Reason);
            if (value.Sample is not null)
            {
                json.WriteString("sample", value.Sample);
            }

            json.WriteNumber("count", count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
