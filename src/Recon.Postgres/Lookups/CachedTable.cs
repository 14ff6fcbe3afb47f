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
    /// <summary>Rows held.</summary>
    public int Count => count;

    /// <summary>Bytes that it takes.</summary>
    public long Bytes => rows.Bytes + RowIndex.BytesFor(count);

    /// <summary>Joins the keys of a batch.</summary>
    /// <returns>The answer, with copies of the rows.</returns>
    public LookupAnswer Find(BatchKeys keys)
    {
        var found = new FoundRows(rows.Width, keys.Count, UsualBytes(keys.Count));
        for (int key = 0; key < keys.Count; key++)
        {
            uint hash = keys.HashOf(key);
            foreach (ulong entry in index.Near(hash))
            {
                if (RowIndex.HashIn(entry) == hash
                    && rows.Open(RowIndex.RowIn(entry)) is var row && row.Key.SequenceEqual(keys.Key(key)))
                {
                    found.Add(row, key);
                }
            }
        }

        return found.Join(columns, keys);
    }

    // What as many average rows take.
    private int UsualBytes(int wanted) => (int)Math.Min(rows.Bytes / Math.Max(count, 1) * wanted, 1 << 20);
}
