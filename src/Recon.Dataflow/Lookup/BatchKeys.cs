using System.Buffers;
using System.Text;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Lookup;

/// <summary>
/// The distinct keys of a batch and which row asks for which: what a lookup sends, and what its answer is joined by.
/// </summary>
/// <remarks>An open hash over UTF-8 keys in pooled arrays. Not thread-safe.</remarks>
internal sealed class BatchKeys : IDisposable
{
    private const int NoKey = -1;

    private readonly int _mask;
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(16 * 1024);
    private int _used;
    private int[] _slots;
    private int[] _hashes;
    private int[] _ends;
    private int[] _keyOfRow;

    /// <summary>Makes an empty table.</summary>
    /// <param name="rows">The number of rows of the batch; most distinct keys.</param>
    public BatchKeys(int rows)
    {
        int size = 16;
        while (size < rows * 2)
        {
            size *= 2;
        }

        _mask = size - 1;
        Rows = rows;
        _slots = ArrayPool<int>.Shared.Rent(size);
        _slots.AsSpan(0, size).Fill(NoKey);
        _hashes = ArrayPool<int>.Shared.Rent(Math.Max(rows, 1));
        _ends = ArrayPool<int>.Shared.Rent(Math.Max(rows, 1));
        _keyOfRow = ArrayPool<int>.Shared.Rent(Math.Max(rows, 1));
        _keyOfRow.AsSpan(0, rows).Fill(NoKey);
    }

    /// <summary>The number of rows of the batch.</summary>
    public int Rows { get; }

    /// <summary>The number of distinct keys.</summary>
    public int Count { get; private set; }

    /// <summary>Notes that a row asks for a key.</summary>
    public void Ask(int row, ReadOnlySpan<byte> key)
    {
        int hash = Hash(key);
        int slot = FindSlot(hash, key);
        if (_slots[slot] == NoKey)
        {
            Add(slot, hash, key);
        }

        _keyOfRow[row] = _slots[slot];
    }

    /// <summary>Which key a row asks for.</summary>
    public int KeyOf(int row) => _keyOfRow[row];

    public ReadOnlySpan<byte> Key(int index)
    {
        int start = index == 0 ? 0 : _ends[index - 1];
        return _bytes.AsSpan(start, _ends[index] - start);
    }

    /// <summary>The lower half of a key's hash (<see cref="KeyHash"/>).</summary>
    public uint HashOf(int index) => (uint)_hashes[index];

    /// <summary>Finds a key.</summary>
    /// <returns>Its index, or -1 when no row asks for it.</returns>
    public int IndexOf(ReadOnlySpan<byte> key) => _slots[FindSlot(Hash(key), key)];

    /// <summary>The keys as strings, in ordinal order: sorted ids touch neighbouring index pages.</summary>
    public string[] ToSortedStrings()
    {
        string[] keys = new string[Count];
        for (int index = 0; index < keys.Length; index++)
        {
            keys[index] = Encoding.UTF8.GetString(Key(index));
        }

        Array.Sort(keys, StringComparer.Ordinal);
        return keys;
    }

    /// <summary>Returns the arrays. Calling it again does nothing.</summary>
    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            ArrayPool<int>.Shared.Return(_slots);
            ArrayPool<int>.Shared.Return(_hashes);
            ArrayPool<int>.Shared.Return(_ends);
            ArrayPool<int>.Shared.Return(_keyOfRow);
            (_bytes, _slots, _hashes, _ends, _keyOfRow) = ([], [], [], [], []);
        }
    }

    private static int Hash(ReadOnlySpan<byte> key) => (int)KeyHash.Of(key);

    private int FindSlot(int hash, ReadOnlySpan<byte> key)
    {
        int slot = hash & _mask;
        while (_slots[slot] is var index and not NoKey && (_hashes[index] != hash || !Key(index).SequenceEqual(key)))
        {
            slot = (slot + 1) & _mask;
        }

        return slot;
    }

    private void Add(int slot, int hash, ReadOnlySpan<byte> key)
    {
        if (_used + key.Length > _bytes.Length)
        {
            PooledArray.Grow(ref _bytes, _used, _used + key.Length);
        }

        key.CopyTo(_bytes.AsSpan(_used));
        _used += key.Length;
        _hashes[Count] = hash;
        _ends[Count] = _used;
        _slots[slot] = Count++;
    }
}
