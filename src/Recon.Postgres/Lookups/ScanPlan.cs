using System.Globalization;
using System.Text;
using System.Text.Json;
using Npgsql;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Values;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Lookups;

/// <summary>How a plan reads its tables.</summary>
/// <param name="UsesIndex">Whether every one is read by an index.</param>
/// <param name="AsksByKey">Whether an index is asked by the array of keys.</param>
internal sealed record ScanPlan(bool UsesIndex, bool AsksByKey, string Text)
{
    /// <summary>How the server would answer a lookup's query.</summary>
    /// <param name="keys">The keys that a batch asks for.</param>
    public static async Task<ScanPlan> ExplainAsync(
        NpgsqlConnection connection, LookupQuery query, int keys, bool withSequentialScans, CancellationToken cancellationToken)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!withSequentialScans)
        {
            await SqlText.Of($"set local enable_seqscan = off").ExecuteAsync(connection, cancellationToken);
        }

        using BatchKeys sample = SampleKeys(query.Keys.KeyType, keys);
        List<NpgsqlParameter> parameters = [query.Keys.Parameter(sample)];
        parameters.AddRange(query.Filters.Select(SqlValue.Of));
        string json = (string)(await SqlText.Of($"explain (format json) {query.Text}")
            .ScalarAsync(connection, cancellationToken, [.. parameters]))!;
        return Read(json);
    }

    /// <summary>Finds the scan nodes of a plan.</summary>
    public static ScanPlan Read(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        List<(string Node, string Text, bool ByKey)> scans = [];
        Collect(document.RootElement[0].GetProperty("Plan"), scans);
        return new ScanPlan(
            scans.Count > 0 && scans.All(scan => scan.Node.Contains("Index", StringComparison.Ordinal) || scan.Node == "Bitmap Heap Scan"),
            scans.Exists(scan => scan.ByKey),
            scans.Count == 0 ? "no scan" : string.Join(", ", scans.Select(scan => scan.Text).Distinct()));
    }

    private static void Collect(JsonElement node, List<(string Node, string Text, bool ByKey)> scans)
    {
        string type = node.GetProperty("Node Type").GetString()!;
        if (type.EndsWith("Scan", StringComparison.Ordinal) && type != "Subquery Scan")
        {
            string on = node.TryGetProperty("Relation Name", out JsonElement table) ? $" on {table.GetString()}" : "";
            string by = node.TryGetProperty("Index Name", out JsonElement index) ? $" using {index.GetString()}" : "";
            bool byKey = node.TryGetProperty("Index Cond", out JsonElement condition) && condition.GetString()!.Contains("= ANY", StringComparison.Ordinal);
            scans.Add((type, $"{type}{by}{on}", byKey));
        }

        if (node.TryGetProperty("Plans", out JsonElement inner))
        {
            foreach (JsonElement child in inner.EnumerateArray())
            {
                Collect(child, scans);
            }
        }
    }

    // Made-up keys do: the planner goes by their number.
    private static BatchKeys SampleKeys(MirrorType type, int count)
    {
        var keys = new BatchKeys(count);
        for (int row = 0; row < count; row++)
        {
            string key = type == MirrorType.Uuid
                ? new Guid(row, 0, 0, new byte[8]).ToString()
                : (type == MirrorType.Int2 ? row % 32_000 : row + 1).ToString(CultureInfo.InvariantCulture);
            keys.Ask(row, Encoding.UTF8.GetBytes(key));
        }

        return keys;
    }
}
