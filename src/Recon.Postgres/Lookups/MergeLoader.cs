using System.Globalization;
using System.Text;
using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Text;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Lookups;

/// <summary>Reads which HubSpot records of a table were merged into which.</summary>
internal static class MergeLoader
{
    /// <summary>The column in which HubSpot keeps the ids of merged records.</summary>
    public const string UsualColumn = "hs_merged_object_ids";

    /// <summary>Most records that may have been merged: some 80 bytes each are held.</summary>
    public const int Most = 1_000_000;

    private const int IdsAtOnce = 20_000;

    /// <returns>The merges; <see langword="null"/> when the table has no such column, or it is empty.</returns>
    /// <exception cref="MirrorException">A column that the definition names is missing, or there are too many merges.</exception>
    public static async Task<MergeMap?> ReadAsync(
        NpgsqlConnection connection, ValidLookup lookup, MirrorTable table, CancellationToken cancellationToken)
    {
        string column = lookup.MergedIds ?? UsualColumn;
        if (column.Length == 0 || (lookup.MergedIds is null && table.Find(column) is null))
        {
            return null;
        }

        if (table.Find(column) is null)
        {
            throw MirrorException.MissingColumn(table, column);
        }

        var name = new SqlName(column);
        var id = new SqlName(lookup.Id);
        var merges = await SqlText.Of($"select {id}::text, {name}::text from {table.Table} where {name} is not null and {name}::text ~ '[0-9]' limit {Most + 1}")
            .ListAsync(connection, row => (Id: row.IsDBNull(0) ? "" : row.GetString(0), Losers: row.GetString(1)), cancellationToken);
        var map = new MergeMap(merges.Where(merge => long.TryParse(merge.Id, out _))
            .Select(merge => (long.Parse(merge.Id, CultureInfo.InvariantCulture), merge.Losers)));
        if (merges.Count > Most || map.Losers.Count > Most)
        {
            throw new MirrorException(
                $"More than {Most:N0} records of {table.Table.Display} were merged, which are not held. \"mergedIds\": \"\" of lookup '{lookup.Label}' leaves merges alone.");
        }

        return map.Losers.Count + map.Circles == 0 ? null : map;
    }

    /// <summary>Notes the legacy ids of merged records whose rows are still there, whatever the lookup's conditions are.</summary>
    /// <param name="losers">Finds the key of rows by their HubSpot ids, without conditions.</param>
    public static async Task ReadKeysAsync(MergeMap map, QueryLookup losers, KeyRule rule, CancellationToken cancellationToken)
    {
        foreach (long[] part in map.Losers.Chunk(IdsAtOnce))
        {
            using var keys = BatchKeys.Of(part);
            using LookupAnswer found = await losers.FindAsync(keys, NoWaits.Instance, cancellationToken);
            var scratch = new Utf8Scratch();
            for (int row = 0; row < found.Rows.Count; row++)
            {
                scratch.Reset();
                ReadOnlySpan<byte> key = rule.Read(MirrorText.Read(found.Rows.Raw(row, 0), rule.KeyType, scratch), scratch);
                if (!key.IsEmpty)
                {
                    string text = Encoding.UTF8.GetString(key);
                    if (!map.ByKey.TryGetValue(text, out List<long>? those))
                    {
                        map.ByKey[text] = those = [];
                    }

                    those.Add(found.Rows.HubspotId(row));
                }
            }
        }
    }
}
