using System.Buffers.Binary;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Lookups;

/// <summary>
/// Rows one after the other in chunks. Rows begin at multiples of four bytes, so that 32 bits address 16 GiB. Filled by
/// one thread, then read-only.
/// </summary>
internal sealed class PackedRows(int width)
{
    /// <summary>Most bytes of all chunks for which every row has an address.</summary>
    /// <value>16 GiB but for what the first, smaller chunks leave unaddressed.</value>
    public const long AddressableBytes = (1L << 34) - (64L << 20);

    private const int ChunkBits = 22;
    private const int SmallestChunkBits = 14;
    private const int UnitBits = 2;
    private const int UnitMask = (1 << (ChunkBits - UnitBits)) - 1;

    private readonly List<byte[]> _chunks = [];
    private int _used;

    public int Width => width;

    /// <summary>Bytes of all chunks. They double up to 4 MiB, so that at most half is unused in a small table.</summary>
    public long Bytes { get; private set; }

    /// <param name="values">Where they stand, one for each column.</param>
    /// <returns>Where the row is, for <see cref="Open"/>.</returns>
    public uint Add(long id, ReadOnlySpan<byte> key, ReadOnlySpan<byte> buffer, ReadOnlySpan<FieldPlace> values)
    {
        byte[] chunk = ChunkFor(MostBytes(key, values));
        int start = _used;
        BinaryPrimitives.WriteInt64LittleEndian(chunk.AsSpan(start), id);
        int at = start + sizeof(long);
        PackedRow.WriteNumber(chunk, ref at, (uint)key.Length);
        key.CopyTo(chunk.AsSpan(at));
        at += key.Length;
        foreach (FieldPlace value in values)
        {
            PackedRow.WriteNumber(chunk, ref at, (uint)(value.Length + 1));
        }

        foreach (FieldPlace value in values)
        {
            value.Of(buffer).CopyTo(chunk.AsSpan(at));
            at += Math.Max(value.Length, 0);
        }

        _used = (at + (1 << UnitBits) - 1) & -(1 << UnitBits);
        return checked((uint)(((long)(_chunks.Count - 1) << (ChunkBits - UnitBits)) + (start >> UnitBits)));
    }

    public PackedRow Open(uint row)
        => new(_chunks[(int)(row >> (ChunkBits - UnitBits))].AsSpan((int)(row & UnitMask) << UnitBits));

    private static int MostBytes(ReadOnlySpan<byte> key, ReadOnlySpan<FieldPlace> values)
    {
        int most = checked(sizeof(long) + PackedRow.MostNumberBytes + key.Length);
        foreach (FieldPlace value in values)
        {
            most = checked(most + PackedRow.MostNumberBytes + Math.Max(value.Length, 0));
        }

        return most;
    }

    // A row that is larger than a chunk gets one of its own, of which only what begins in the first 4 MiB has an address.
    private byte[] ChunkFor(int least)
    {
        if (_chunks.Count > 0 && _used < 1 << ChunkBits && _used + (long)least <= _chunks[^1].Length)
        {
            return _chunks[^1];
        }

        _used = 0;
        int usual = 1 << Math.Min(SmallestChunkBits + _chunks.Count, ChunkBits);
        byte[] chunk = GC.AllocateUninitializedArray<byte>(Math.Max(usual, least));
        _chunks.Add(chunk);
        Bytes += chunk.Length;
        return chunk;
    }
}
