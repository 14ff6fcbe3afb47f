using System.Buffers.Binary;
using System.Numerics;

namespace Recon.Postgres.Wire;

/// <summary>The HubSpot ids of a mirror table whose rows are as they were; not 0. Not thread-safe.</summary>
/// <remarks>
/// Each is looked for beside the one before it, because the mirror's records mostly lie in the order of the export that they came from. Only where that does not hold
/// is a hash table over all of them built.
/// </remarks>
internal sealed class UnchangedIds
{
    // Of a mirror with records of its own, the next one is near.
    private const int Nearby = 16;

    // Of so many ids, a table costs nothing.
    private const int Few = 4096;

    // So many ids that are not nearby are taken for changed.
    private const int Patience = 256;

    private readonly long[] _ids;
    private readonly HashSet<long> _changed;
    private int[]? _slots;
    private int _next;
    private long _near;
    private long _far;
    private bool _isOrdered = true;

    /// <param name="unchanged">The ids, distinct, as 64-bit numbers in network byte order.</param>
    /// <param name="changed">The ids of all other rows, likewise.</param>
    public UnchangedIds(ReadOnlySpan<byte> unchanged, ReadOnlySpan<byte> changed)
    {
        _ids = Unpack(unchanged);
        _changed = [.. Unpack(changed)];
    }

    /// <summary>
    /// Whether the row of an id is as it was. Of many ids, it says no of a few of which it would be long to tell: their records are compared, then.
    /// </summary>
    public bool Contains(long id)
    {
        if (id == 0)
        {
            return false;
        }

        if (_isOrdered)
        {
            int found = _ids.AsSpan(_next, Math.Min(Nearby, _ids.Length - _next)).IndexOf(id);
            if (found >= 0)
            {
                _next += found + 1;
                _near++;
                return true;
            }

            if (_changed.Contains(id))
            {
                return false;
            }

            if (++_far < Patience && _ids.Length > Few)
            {
                return false;
            }

            _isOrdered = _far * Nearby < _near + Patience;
        }

        _slots ??= Slots();
        int index = _slots[SlotOf(id)] - 1;
        _next = index < 0 ? _next : index + 1;
        return index >= 0;
    }

    /// <summary>The ids, from 64-bit numbers in network byte order.</summary>
    public static long[] Unpack(ReadOnlySpan<byte> packed)
    {
        long[] ids = new long[packed.Length / sizeof(long)];
        for (int index = 0; index < ids.Length; index++)
        {
            ids[index] = BinaryPrimitives.ReadInt64BigEndian(packed[(index * sizeof(long))..]);
        }

        return ids;
    }

    // The number of each id from 1; 0 is a free slot.
    private int[] Slots()
    {
        _slots = new int[BitOperations.RoundUpToPowerOf2((uint)Math.Max(_ids.Length * 2, 16))];
        for (int index = 0; index < _ids.Length; index++)
        {
            if (_ids[index] != 0)
            {
                _slots[SlotOf(_ids[index])] = index + 1;
            }
        }

        return _slots;
    }

    // The id's slot, or the free one where it belongs.
    private int SlotOf(long id)
    {
        int mask = _slots!.Length - 1;
        int slot = (int)(((ulong)id * 0x9E37_79B9_7F4A_7C15) >> 32) & mask;
        while (_slots[slot] is var number and not 0 && _ids[number - 1] != id)
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }
}
