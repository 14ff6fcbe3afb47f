using Recon.Dataflow.Batches;
using Recon.Dataflow.Lookup;

namespace Recon.Postgres.Lookups;

/// <summary>
/// A mirror table in memory: each row once, packed, with the values as they came; an open hash over the keys. Read-only,
/// and shared by all batches.
/// </summary>
internal sealed class CachedTable
{
    private readonly IReadOnlyList<MirrorColumn> _columns;
    private readonly PackedRows _rows;
    private readonly RowIndex _index;

    /// <summary>Indexes rows.</summary>
    /// <param name="rows">The rows, linked as <see cref="RowIndex"/> wants them.</param>
    public CachedTable(IReadOnlyList<MirrorColumn> columns, PackedRows rows, int count)
    {
        _columns = columns;
        _rows = rows;
        _index = new RowIndex(rows, count);
        Count = count;
    }

    /// <summary>Rows held.</summary>
    public int Count { get; }

    /// <summary>Bytes that it takes.</summary>
    public long Bytes => _rows.Bytes + RowIndex.BytesFor(Count);

    /// <summary>Joins the keys of a batch.</summary>
    /// <returns>The answer, with copies of the rows.</returns>
    /// <remarks>
    /// In steps over groups of keys: all their slots, then all their rows, then copies. Each first access waits for memory,
    /// and accesses that do not depend on each other wait together.
    /// </remarks>
    public LookupAnswer Find(BatchKeys keys)
    {
        var found = new FoundRows(_rows, keys.Count, UsualBytes(keys.Count));
        Span<uint> hashes = stackalloc uint[RowIndex.Group];
        Span<uint> heads = stackalloc uint[RowIndex.Group];
        Stack<uint>? chain = null;
        for (int from = 0; from < keys.Count; from += RowIndex.Group)
        {
            int count = Math.Min(RowIndex.Group, keys.Count - from);
            for (int index = 0; index < count; index++)
            {
                hashes[index] = keys.HashOf(from + index);
            }

            _index.Find(hashes[..count], heads);
            _ = _rows.Touch(heads[..count]);
            for (int index = 0; index < count; index++)
            {
                if (heads[index] != 0)
                {
                    Add(found, keys.Key(from + index), from + index, hashes[index], heads[index], ref chain);
                }
            }
        }

        return found.Join(_columns, keys);
    }

    private void Add(FoundRows found, ReadOnlySpan<byte> text, int key, uint hash, uint row, ref Stack<uint>? chain)
    {
        PackedRow opened = _rows.Open(row);
        if (!opened.Key.SequenceEqual(text))
        {
            // Another key with the same hash.
            row = _index.Find(text, hash);
            if (row == 0)
            {
                return;
            }

            opened = _rows.Open(row);
        }

        uint next = _rows.Link(row);
        if (next == 0)
        {
            found.Add(opened, key);
            return;
        }

        // As they were read: mostly in the order of their ids, which is how the join wants them.
        chain ??= new Stack<uint>();
        for (chain.Push(row); next != 0; next = _rows.Link(next))
        {
            chain.Push(next);
        }

        while (chain.TryPop(out row))
        {
            found.Add(_rows.Open(row), key);
        }
    }

    // What as many average rows take.
    private int UsualBytes(int rows) => (int)Math.Min(_rows.Bytes / Math.Max(Count, 1) * rows, 1 << 20);
}
