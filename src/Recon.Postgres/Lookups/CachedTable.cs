using Recon.Dataflow.Lookup;

namespace Recon.Postgres.Lookups;

/// <summary>
/// A mirror table in memory: keys in an open hash, raw values in one buffer. Read-only once it is built, and then
/// shared by all batches.
/// </summary>
internal sealed class CachedTable
{
    private const int None = -1;

    private readonly MirrorRows _rows;
    private readonly byte[] _keys;
    private readonly int[] _keyEnds;
    private readonly int[] _slots;
    private readonly int[] _next;
    private readonly int _mask;

    private CachedTable(MirrorRows rows, byte[] keys, int[] keyEnds, int[] slots, int[] next)
    {
        _rows = rows;
        _keys = keys;
        _keyEnds = keyEnds;
        _slots = slots;
        _next = next;
        _mask = slots.Length - 1;
    }

    /// <summary>Rows held.</summary>
    public int Count => _rows.Count;

    /// <summary>Joins the keys of a batch.</summary>
    /// <param name="keys">Which row asks for which key.</param>
    /// <returns>The answer.</returns>
    public LookupAnswer Find(BatchKeys keys)
    {
        int[] first = System.Buffers.ArrayPool<int>.Shared.Rent(keys.Count + 1);
        int total = 0;
        for (int key = 0; key < keys.Count; key++)
        {
            first[key] = FirstOf(keys.Key(key));
        }

        for (int row = 0; row < keys.Rows; row++)
        {
            for (int mirror = keys.KeyOf(row) < 0 ? None : first[keys.KeyOf(row)]; mirror >= 0; mirror = _next[mirror])
            {
                total++;
            }
        }

        int[] starts = System.Buffers.ArrayPool<int>.Shared.Rent(keys.Rows + 1);
        int[] candidates = System.Buffers.ArrayPool<int>.Shared.Rent(total + 1);
        int used = 0;
        for (int row = 0; row < keys.Rows; row++)
        {
            starts[row] = used;
            for (int mirror = keys.KeyOf(row) < 0 ? None : first[keys.KeyOf(row)]; mirror >= 0; mirror = _next[mirror])
            {
                candidates[used++] = mirror;
            }
        }

        starts[keys.Rows] = used;
        System.Buffers.ArrayPool<int>.Shared.Return(first);
        return new LookupAnswer(_rows, starts, candidates);
    }

    /// <summary>Builds the table once all rows are there.</summary>
    /// <param name="loader">The rows.</param>
    /// <param name="query">The lookup's query.</param>
    public static CachedTable Build(CacheLoader loader, LookupQuery query)
    {
        MirrorRows rows = loader.ToRows(query.Columns);
        int size = 16;
        while (size < rows.Count * 2L)
        {
            size = checked(size * 2);
        }

        var table = new CachedTable(
            rows, loader.Keys, loader.KeyEnds, new int[size], new int[Math.Max(rows.Count, 1)]);
        Array.Fill(table._slots, None);

        // From the last to the first, and sorted within a key: candidates come in the order of their HubSpot ids.
        for (int row = rows.Count - 1; row >= 0; row--)
        {
            table.Insert(row);
        }

        return table;
    }

    private ReadOnlySpan<byte> Key(int row)
    {
        int start = row == 0 ? 0 : _keyEnds[row - 1];
        return _keys.AsSpan(start, _keyEnds[row] - start);
    }

    private int FirstOf(ReadOnlySpan<byte> key) => _slots[FindSlot(key)];

    private int FindSlot(ReadOnlySpan<byte> key)
    {
        int slot = Hash(key) & _mask;
        while (_slots[slot] is var row and not None && !Key(row).SequenceEqual(key))
        {
            slot = (slot + 1) & _mask;
        }

        return slot;
    }

    private void Insert(int row)
    {
        int slot = FindSlot(Key(row));
        int before = None;
        int after = _slots[slot];
        while (after != None && _rows.HubspotId(after) < _rows.HubspotId(row))
        {
            before = after;
            after = _next[after];
        }

        _next[row] = after;
        if (before == None)
        {
            _slots[slot] = row;
        }
        else
        {
            _next[before] = row;
        }
    }

    private static int Hash(ReadOnlySpan<byte> key)
    {
        HashCode hash = default;
        hash.AddBytes(key);
        return hash.ToHashCode();
    }
}
