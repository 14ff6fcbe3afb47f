using System.Buffers;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Lookup;

/// <summary>Distinct UTF-8 keys, numbered from 0 in the order in which they came. Not thread-safe.</summary>
/// <remarks>An open hash, at most half full, over pooled arrays.</remarks>
internal sealed class KeySet : IDisposable
{
    private const int None = -1;
    private const int LeastSlots = 16;

    private byte[] _bytes;
    private int[] _slots;
    private int[] _hashes;
    private int[] _ends;
    private int _mask;
    private int _used;

    /// <summary>Makes an empty set.</summary>
    /// <param name="expected">About how many keys will be added; more only take longer.</param>
    public KeySet(int expected)
    {
        _bytes = ArrayPool<byte>.Shared.Rent(16 * 1024);
        _hashes = ArrayPool<int>.Shared.Rent(Math.Max(expected, 1));
        _ends = ArrayPool<int>.Shared.Rent(Math.Max(expected, 1));
        _slots = EmptySlots(expected * 2);
    }

    public int Count { get; private set; }

    /// <summary>The bytes that its arrays take once another key of a length is added.</summary>
    public long BytesWith(int length)
        => (_bytes.Length * (_used + length > _bytes.Length ? 2L : 1L))
            + (sizeof(int) * (((long)_hashes.Length + _ends.Length) * (Count == Math.Min(_hashes.Length, _ends.Length) ? 2L : 1L)))
            + (sizeof(int) * (_mask + 1L) * ((Count + 1) * 2L > _mask + 1L ? 2L : 1L));

    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            int start = index == 0 ? 0 : _ends[index - 1];
            return _bytes.AsSpan(start, _ends[index] - start);
        }
    }

    /// <summary>The lower half of a key's hash (<see cref="KeyHash"/>).</summary>
    public uint HashOf(int index) => (uint)_hashes[index];

    /// <returns>Its number, or -1 when it was not added.</returns>
    public int IndexOf(ReadOnlySpan<byte> key) => _slots[FindSlot(Hash(key), key)];

    /// <summary>Finds the keys of another set.</summary>
    /// <param name="found">Takes the number of each, or -1.</param>
    /// <remarks>
    /// In steps over all keys: in a large set each access waits for memory, and accesses that do not depend on each other
    /// wait together.
    /// </remarks>
    public void Find(KeySet keys, Span<int> found)
    {
        for (int key = 0; key < keys.Count; key++)
        {
            found[key] = _slots[keys._hashes[key] & _mask];
        }

        for (int key = 0; key < keys.Count; key++)
        {
            if (found[key] != None && _hashes[found[key]] != keys._hashes[key])
            {
                found[key] = _slots[FindSlot(keys._hashes[key], keys[key])];
            }
        }

        for (int key = 0; key < keys.Count; key++)
        {
            if (found[key] != None && !this[found[key]].SequenceEqual(keys[key]))
            {
                found[key] = _slots[FindSlot(keys._hashes[key], keys[key])];
            }
        }
    }

    /// <summary>Adds a key, unless it is there.</summary>
    /// <returns>Its number.</returns>
    public int Add(ReadOnlySpan<byte> key)
    {
        int hash = Hash(key);
        int slot = FindSlot(hash, key);
        if (_slots[slot] != None)
        {
            return _slots[slot];
        }

        if (Count == Math.Min(_hashes.Length, _ends.Length))
        {
            PooledArray.Grow(ref _hashes, Count, Count + 1);
            PooledArray.Grow(ref _ends, Count, Count + 1);
        }

        if (_used + key.Length > _bytes.Length)
        {
            PooledArray.Grow(ref _bytes, _used, checked(_used + key.Length));
        }

        key.CopyTo(_bytes.AsSpan(_used));
        _used += key.Length;
        _hashes[Count] = hash;
        _ends[Count] = _used;
        _slots[slot] = Count++;
        if (Count * 2L > _mask + 1L)
        {
            Spread();
        }

        return Count - 1;
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
            (_bytes, _slots, _hashes, _ends) = ([], [], [], []);
        }
    }

    private static int Hash(ReadOnlySpan<byte> key) => (int)KeyHash.Of(key);

    private int FindSlot(int hash, ReadOnlySpan<byte> key)
    {
        int slot = hash & _mask;
        while (_slots[slot] is var index and not None && (_hashes[index] != hash || !this[index].SequenceEqual(key)))
        {
            slot = (slot + 1) & _mask;
        }

        return slot;
    }

    private int[] EmptySlots(int least)
    {
        int size = LeastSlots;
        while (size < least)
        {
            size = checked(size * 2);
        }

        _mask = size - 1;
        int[] slots = ArrayPool<int>.Shared.Rent(size);
        slots.AsSpan(0, size).Fill(None);
        return slots;
    }

    private void Spread()
    {
        ArrayPool<int>.Shared.Return(_slots);
        _slots = EmptySlots((_mask + 1) * 2);
        for (int index = 0; index < Count; index++)
        {
            int slot = _hashes[index] & _mask;
            while (_slots[slot] != None)
            {
                slot = (slot + 1) & _mask;
            }

            _slots[slot] = index;
        }
    }
}
