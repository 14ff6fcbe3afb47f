using System.Numerics;
using Recon.Dataflow.Text;

namespace Recon.Postgres.Wire;

/// <summary>
/// Distinct UTF-8 keys, numbered from 0 in the order in which they came, which are asked for in about that order: then each is
/// found beside the one before it, and neither hashing all of them nor reaching all over memory is needed. Not thread-safe.
/// </summary>
/// <param name="expected">About how many keys will be added.</param>
internal sealed class OrderedKeys(int expected)
{
    private const int None = -1;

    // Of an export from which some records are gone, the next one is near.
    private const int Nearby = 16;

    private byte[] _bytes = new byte[(int)Math.Min(Math.Max(expected, 16) * 8L, Array.MaxLength)];
    private ulong[] _codes = new ulong[Math.Max(expected, 16)];
    private int[] _ends = new int[Math.Max(expected, 16)];
    private int[]? _slots;
    private int _used;
    private int _next;

    public int Count { get; private set; }

    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            int start = index == 0 ? 0 : _ends[index - 1];
            return _bytes.AsSpan(start, _ends[index] - start);
        }
    }

    /// <summary>Adds a key that is not there.</summary>
    public void Add(ReadOnlySpan<byte> key)
    {
        if (Count == _codes.Length)
        {
            // A quarter more: most of them were expected.
            Array.Resize(ref _codes, checked(Count + (Count / 4)));
            Array.Resize(ref _ends, _codes.Length);
        }

        if (_bytes.Length - _used < key.Length)
        {
            Array.Resize(ref _bytes, checked(Math.Max(_used + (_used / 4), _used + key.Length)));
        }

        key.CopyTo(_bytes.AsSpan(_used));
        _used += key.Length;
        (_codes[Count], _ends[Count]) = (KeyHash.Code(key), _used);
        Count++;
        _slots = null;
    }

    /// <returns>The key's number, or -1 when it was not added.</returns>
    public int IndexOf(ReadOnlySpan<byte> key)
    {
        ulong code = KeyHash.Code(key);
        int end = Math.Min(_next + Nearby, Count);
        for (int index = _next; index < end; index++)
        {
            if (Is(index, code, key))
            {
                _next = index + 1;
                return index;
            }
        }

        _slots ??= Slots();
        for (int slot = SlotOf(code); _slots[slot] is var index and not None; slot = (slot + 1) & (_slots.Length - 1))
        {
            if (Is(index, code, key))
            {
                _next = index + 1;
                return index;
            }
        }

        return None;
    }

    private bool Is(int index, ulong code, ReadOnlySpan<byte> key)
        => _codes[index] == code && (!KeyHash.IsHashed(code) || this[index].SequenceEqual(key));

    private int SlotOf(ulong code) => (int)KeyHash.OfCode(code) & (_slots!.Length - 1);

    // At once, when all are there: they are distinct, so that none has to be compared with another.
    private int[] Slots()
    {
        _slots = new int[checked((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(Count, 8) * 2))];
        _slots.AsSpan().Fill(None);
        for (int index = 0; index < Count; index++)
        {
            int slot = SlotOf(_codes[index]);
            while (_slots[slot] != None)
            {
                slot = (slot + 1) & (_slots.Length - 1);
            }

            _slots[slot] = index;
        }

        return _slots;
    }
}
