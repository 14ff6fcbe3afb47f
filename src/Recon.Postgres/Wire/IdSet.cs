using System.Buffers.Binary;
using System.Numerics;

namespace Recon.Postgres.Wire;

/// <summary>HubSpot ids but 0.</summary>
internal sealed class IdSet
{
    private readonly long[] _slots;

    /// <param name="packed">The ids as 64-bit numbers in network byte order.</param>
    public IdSet(ReadOnlySpan<byte> packed)
    {
        _slots = new long[BitOperations.RoundUpToPowerOf2((uint)Math.Max(packed.Length / sizeof(long) * 2, 16))];
        for (; packed.Length >= sizeof(long); packed = packed[sizeof(long)..])
        {
            long id = BinaryPrimitives.ReadInt64BigEndian(packed);
            ref long slot = ref _slots[Slot(id)];
            AreRepeated |= id != 0 && slot == id;
            slot = id;
        }
    }

    /// <summary>Whether an id came twice.</summary>
    public bool AreRepeated { get; }

    public bool Contains(long id) => id != 0 && _slots[Slot(id)] == id;

    /// <summary>Whether it holds one of the ids.</summary>
    public bool ContainsAny(ReadOnlySpan<byte> packed)
    {
        for (; packed.Length >= sizeof(long); packed = packed[sizeof(long)..])
        {
            if (Contains(BinaryPrimitives.ReadInt64BigEndian(packed)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The ids, from 64-bit numbers in network byte order.</summary>
    public static IEnumerable<long> Unpack(byte[] packed)
    {
        for (int at = 0; at < packed.Length; at += sizeof(long))
        {
            yield return BinaryPrimitives.ReadInt64BigEndian(packed.AsSpan(at));
        }
    }

    private int Slot(long id)
    {
        int mask = _slots.Length - 1;
        int slot = (int)(((ulong)id * 0x9E37_79B9_7F4A_7C15) >> 32) & mask;
        while (_slots[slot] != 0 && _slots[slot] != id)
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }
}
