using System.Buffers;
using Recon.Dataflow.Lookup;

namespace Recon.Postgres.Lookups;

/// <summary>
/// A mirror table in memory: each row once, packed, with the values as they came; an open hash over the keys. Filled by
/// one thread, then read-only and shared by all batches.
/// </summary>
/// <param name="columns">The columns that rows hold.</param>
/// <param name="budget">Most bytes that it may take.</param>
/// <param name="table">The table, for messages.</param>
internal sealed class CachedTable(IReadOnlyList<MirrorColumn> columns, long budget, string table)
{
    private const uint None = 0;
    private const int LeastSlots = 1024;

    private readonly PackedRows _rows = new();
    private uint[] _slots = new uint[LeastSlots];
    private int _keys;

    /// <summary>Rows held.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes that it takes.</summary>
    public long Bytes => _rows.Bytes + ((long)sizeof(uint) * _slots.Length);

    /// <summary>Adds a row.</summary>
    /// <param name="key">Its key as canonical UTF-8.</param>
    /// <param name="id">Its HubSpot id.</param>
    /// <param name="values">Its values: for each column a 32-bit length (-1 for null) and the value.</param>
    /// <exception cref="CacheBudgetException">It does not fit into the budget.</exception>
    public void Add(ReadOnlySpan<byte> key, long id, ReadOnlySpan<byte> values)
    {
        if ((_keys + 1) * 3L > _slots.Length * 2L)
        {
            Rehash();
        }

        // Rows of one key are chained; the newest comes first.
        int slot = FindSlot(key);
        uint next = _slots[slot];
        _slots[slot] = _rows.Add(next, id, key, values, columns.Count);
        _keys += next == None ? 1 : 0;
        Count++;
        Require(Bytes);
    }

    /// <summary>Joins the keys of a batch.</summary>
    /// <param name="keys">Which row asks for which key.</param>
    /// <returns>The answer, with copies of the rows.</returns>
    public LookupAnswer Find(BatchKeys keys)
    {
        uint[] found = ArrayPool<uint>.Shared.Rent(Math.Max(keys.Count, 16));
        int[] keyOfRow = ArrayPool<int>.Shared.Rent(Math.Max(keys.Count, 16));
        int count = 0;
        int bytes = 0;
        for (int key = 0; key < keys.Count; key++)
        {
            int first = count;
            for (uint row = _slots[FindSlot(keys.Key(key))]; row != None; row = _rows.Next(row))
            {
                if (count == Math.Min(found.Length, keyOfRow.Length))
                {
                    Grow(ref found, count);
                    Grow(ref keyOfRow, count);
                }

                found[count] = row;
                keyOfRow[count] = key;
                count++;
                bytes = checked(bytes + _rows.ValueBytes(row, columns.Count));
            }

            // As they were read: mostly in the order of their ids, which is how the join wants them.
            found.AsSpan(first, count - first).Reverse();
        }

#pragma warning disable CA2000 // The answer owns the rows.
        MirrorRows rows = Copy(found.AsSpan(0, count), bytes);
#pragma warning restore CA2000
        LookupAnswer answer = CandidateList.Join(keys, rows, keyOfRow.AsSpan(0, count));
        ArrayPool<uint>.Shared.Return(found);
        ArrayPool<int>.Shared.Return(keyOfRow);
        return answer;
    }

    private static void Grow<T>(ref T[] array, int used)
    {
        T[] larger = ArrayPool<T>.Shared.Rent(array.Length * 2);
        array.AsSpan(0, used).CopyTo(larger);
        ArrayPool<T>.Shared.Return(array);
        array = larger;
    }

    private MirrorRows Copy(ReadOnlySpan<uint> found, int size)
    {
        int width = columns.Count;
        byte[] bytes = ArrayPool<byte>.Shared.Rent(Math.Max(size, 1));
        int[] starts = ArrayPool<int>.Shared.Rent(Math.Max(found.Length * width, 1));
        int[] lengths = ArrayPool<int>.Shared.Rent(Math.Max(found.Length * width, 1));
        long[] ids = ArrayPool<long>.Shared.Rent(Math.Max(found.Length, 1));
        int used = 0;
        for (int row = 0; row < found.Length; row++)
        {
            ids[row] = _rows.Id(found[row]);
            _rows.CopyValues(found[row], bytes, ref used, starts.AsSpan(row * width, width), lengths.AsSpan(row * width, width));
        }

        return new MirrorRows(columns, bytes, starts, lengths, ids, found.Length, pooled: true);
    }

    private int FindSlot(ReadOnlySpan<byte> key)
    {
        int mask = _slots.Length - 1;
        int slot = (int)KeyHash.Of(key) & mask;
        while (_slots[slot] is var row and not None && !_rows.Key(row).SequenceEqual(key))
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private void Require(long bytes)
    {
        if (bytes > budget)
        {
            throw new CacheBudgetException(
                $"{table} does not fit into {budget / 1_048_576} MiB. Raise \"cacheBytes\" of the lookup, or use the strategy \"any\".");
        }
    }

    // For a moment both hashes are there.
    private void Rehash()
    {
        Require(Bytes + (2L * sizeof(uint) * _slots.Length));
        uint[] heads = _slots;
        _slots = new uint[checked(_slots.Length * 2)];
        foreach (uint head in heads)
        {
            if (head != None)
            {
                _slots[FindSlot(_rows.Key(head))] = head;
            }
        }
    }
}
