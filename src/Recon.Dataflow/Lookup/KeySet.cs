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
    private ulong[] _codes;
    private int[] _ends;
    private int _mask;
    private int _used;

    /// <summary>Makes an empty set.</summary>
    /// <param name="expected">About how many keys will be added; more only take longer.</param>
    public KeySet(int expected)
    {
        _bytes = ArrayPool<byte>.Shared.Rent(16 * 1024);
        _codes = ArrayPool<ulong>.Shared.Rent(Math.Max(expected, 1));
        _ends = ArrayPool<int>.Shared.Rent(Math.Max(expected, 1));
        _slots = EmptySlots(expected * 2);
    }

    public int Count { get; private set; }

    /// <summary>The bytes that its arrays take once another key of a length is added.</summary>
    public long BytesWith(int length)
        => (_bytes.Length * (_used + length > _bytes.Length ? 2L : 1L))
            + (((sizeof(ulong) * (long)_codes.Length) + (sizeof(int) * (long)_ends.Length)) * (Count == Math.Min(_codes.Length, _ends.Length) ? 2L : 1L))
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
    public uint HashOf(int index) => (uint)KeyHash.OfCode(_codes[index]);

    /// <returns>Its number, or -1 when it was not added.</returns>
    public int IndexOf(ReadOnlySpan<byte> key) => _slots[FindSlot(KeyHash.Code(key), key)];

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
            found[key] = _slots[SlotOf(keys._codes[key])];
        }

        for (int key = 0; key < keys.Count; key++)
        {
            ulong code = keys._codes[key];
            if (found[key] != None && (_codes[found[key]] != code || KeyHash.IsHashed(code)))
            {
                found[key] = _slots[FindSlot(code, keys[key])];
            }
        }
    }

    /// <summary>Adds a key, unless it is there.</summary>
    /// <returns>Its number.</returns>
    public int Add(ReadOnlySpan<byte> key) => Add(KeyHash.Code(key), key);

    /// <summary>Adds a key of another set, unless it is there.</summary>
    /// <returns>Its number.</returns>
    public int Add(KeySet keys, int index) => Add(keys._codes[index], keys[index]);

    /// <summary>Returns the arrays. Calling it again does nothing.</summary>
    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            PooledArray.Return(_bytes);
            ArrayPool<int>.Shared.Return(_slots);
            ArrayPool<ulong>.Shared.Return(_codes);
            ArrayPool<int>.Shared.Return(_ends);
            (_bytes, _slots, _codes, _ends) = ([], [], [], []);
        }
    }

    private int Add(ulong code, ReadOnlySpan<byte> key)
    {
        int slot = FindSlot(code, key);
        if (_slots[slot] != None)
        {
            return _slots[slot];
        }

        if (Count == Math.Min(_codes.Length, _ends.Length))
        {
            PooledArray.Grow(ref _codes, Count, Count + 1);
            PooledArray.Grow(ref _ends, Count, Count + 1);
        }

        if (_used + key.Length > _bytes.Length)
        {
            PooledArray.Grow(ref _bytes, _used, checked(_used + key.Length));
        }

        key.CopyTo(_bytes.AsSpan(_used));
        _used += key.Length;
        _codes[Count] = code;
        _ends[Count] = _used;
        _slots[slot] = Count++;
        if (Count * 2L > _mask + 1L)
        {
            Spread();
        }

        return Count - 1;
    }

    private int SlotOf(ulong code) => (int)KeyHash.OfCode(code) & _mask;

    private int FindSlot(ulong code, ReadOnlySpan<byte> key)
    {
        int slot = SlotOf(code);
        while (_slots[slot] is var index and not None
            && (_codes[index] != code || (KeyHash.IsHashed(code) && !this[index].SequenceEqual(key))))
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
        _slots = EmptySlots((_mask + 1) * 2);
        for (int index = 0; index < Count; index++)
        {
            int slot = SlotOf(_codes[index]);
            while (_slots[slot] != None)
            {
                slot = (slot + 1) & _mask;
            }

            _slots[slot] = index;
        }
    }
}
