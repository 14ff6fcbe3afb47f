using Recon.Dataflow.Batches;
using Recon.Dataflow.Lookup;

namespace Recon.Postgres.Lookups;

/// <summary>
/// A mirror table in memory: each row once, packed, with the values as they came, and an index by key. Read-only, and
/// shared by all batches.
/// </summary>
/// <param name="index">Of every row.</param>
internal sealed class CachedTable(IReadOnlyList<MirrorColumn> columns, PackedRows rows, RowIndex index, int count)
{
    private const int Group = 128;

    public int Count => count;

    public long Bytes => rows.Bytes + RowIndex.BytesFor(count);

    /// <summary>Joins the keys of a batch.</summary>
    /// <remarks>
    /// In steps over groups of keys: all their buckets, then all entries, then all rows, then copies. Each first access waits
    /// for memory, and accesses that do not depend on each other wait together.
    /// </remarks>
    public LookupAnswer Find(BatchKeys keys)
    {
        var found = new FoundRows(rows.Width, keys.Count, UsualBytes(keys.Count));
        Span<int> places = stackalloc int[Group];
        Span<int> ends = stackalloc int[Group];
        Span<bool> isRow = stackalloc bool[Group];
        for (int from = 0; from < keys.Count; from += Group)
        {
            int count = Math.Min(Group, keys.Count - from);
            for (int at = 0; at < count; at++)
            {
                (places[at], ends[at]) = index.Near(keys.HashOf(from + at));
            }

            for (int at = 0; at < count; at++)
            {
                places[at] = index.Next(places[at], ends[at], keys.HashOf(from + at));
            }

            for (int at = 0; at < count; at++)
            {
                isRow[at] = places[at] < ends[at] && RowAt(places[at]).Key.SequenceEqual(keys.Key(from + at));
            }

            for (int at = 0; at < count; at++)
            {
                if (isRow[at])
                {
                    found.Add(RowAt(places[at]), from + at);
                }

                AddOthers(found, keys, from + at, places[at] + 1, ends[at]);
            }
        }

        return found.Join(columns, keys);
    }

    // Rows of the same key, and other keys with the same hash, follow the first one.
    private void AddOthers(FoundRows found, BatchKeys keys, int key, int first, int end)
    {
        uint hash = keys.HashOf(key);
        for (int place = index.Next(first, end, hash); place < end; place = index.Next(place + 1, end, hash))
        {
            PackedRow row = RowAt(place);
            if (row.Key.SequenceEqual(keys.Key(key)))
            {
                found.Add(row, key);
            }
        }
    }

    private PackedRow RowAt(int place) => rows.Open(index.RowAt(place));

    // What as many average rows take.
    private int UsualBytes(int wanted) => (int)Math.Min(rows.Bytes / Math.Max(count, 1) * wanted, 1 << 20);
}
