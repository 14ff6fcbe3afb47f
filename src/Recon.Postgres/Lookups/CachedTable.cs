using Recon.Dataflow.Batches;
using Recon.Dataflow.Lookup;

namespace Recon.Postgres.Lookups;

/// <summary>
/// A mirror table: each row once, packed, with the values as they came, in memory or, beyond the budget, in a file; and an
/// index by key. Read-only, and shared by all batches.
/// </summary>
/// <param name="index">Of every row.</param>
internal sealed class CachedTable(IReadOnlyList<MirrorColumn> columns, PackedRows rows, RowIndex index, int count) : IDisposable
{
    private const int Group = 128;

    public int Count => count;

    /// <summary>Bytes of memory.</summary>
    public long Bytes => rows.Bytes + RowIndex.BytesFor(count);

    public long FileBytes => rows.FileBytes;

    /// <summary>Joins the keys of a batch.</summary>
    /// <remarks>
    /// In steps over groups of keys: all their buckets, then all entries, then all rows, then copies. Each first access waits
    /// for memory, and accesses that do not depend on each other wait together. Rows in the file come one after the other.
    /// </remarks>
    public LookupAnswer Find(BatchKeys keys)
    {
        using var window = new RowWindow();
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
                isRow[at] = places[at] < ends[at] && rows.IsHeld(index.RowAt(places[at])) && RowAt(places[at], window).Key.SequenceEqual(keys.Key(from + at));
            }

            for (int at = 0; at < count; at++)
            {
                if (isRow[at])
                {
                    found.Add(RowAt(places[at], window), from + at);
                }

                AddOthers(found, keys, from + at, isRow[at] ? places[at] + 1 : places[at], ends[at], window);
            }
        }

        return found.Join(columns, keys);
    }

    public void Dispose() => rows.Dispose();

    // Rows of the same key, and other keys with the same hash, follow the first one.
    private void AddOthers(FoundRows found, BatchKeys keys, int key, int first, int end, RowWindow window)
    {
        uint hash = keys.HashOf(key);
        for (int place = index.Next(first, end, hash); place < end; place = index.Next(place + 1, end, hash))
        {
            PackedRow row = RowAt(place, window);
            if (row.Key.SequenceEqual(keys.Key(key)))
            {
                found.Add(row, key);
            }
        }
    }

    private PackedRow RowAt(int place, RowWindow window) => rows.Open(index.RowAt(place), window);

    // What as many average rows take.
    private int UsualBytes(int wanted) => (int)Math.Min((rows.Bytes + rows.FileBytes) / Math.Max(count, 1) * wanted, 1 << 20);
}
