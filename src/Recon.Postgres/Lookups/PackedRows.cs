using System.Buffers.Binary;

namespace Recon.Postgres.Lookups;

/// <summary>
/// Rows one after the other in chunks: next row of the same key, HubSpot id, key, then each value behind its length as a
/// variable-length number, 0 for null. Rows begin at multiples of eight bytes, so that 32 bits address 32 GiB.
/// </summary>
internal sealed class PackedRows
{
    private const int ChunkBits = 22;
    private const int LeastChunkBytes = 64 * 1024;
    private const int UnitBits = 3;
    private const int HeaderBytes = sizeof(uint) + sizeof(long);
    private const int MostVarintBytes = 5;

    private readonly List<byte[]> _chunks = [];

    // The first unit stays free: 0 is no row.
    private int _used = 1 << ChunkBits;

    /// <summary>Bytes of all chunks.</summary>
    public long Bytes { get; private set; }

    /// <summary>Adds a row.</summary>
    /// <param name="next">The next row of the same key; 0 for none.</param>
    /// <param name="id">The HubSpot id.</param>
    /// <param name="key">The key.</param>
    /// <param name="values">For each column a 32-bit length in network byte order (-1 for null) and the value.</param>
    /// <param name="width">The number of columns.</param>
    /// <returns>The row.</returns>
    public uint Add(uint next, long id, ReadOnlySpan<byte> key, ReadOnlySpan<byte> values, int width)
    {
        int most = HeaderBytes + MostVarintBytes + key.Length + values.Length + (MostVarintBytes * width);
        if (_chunks.Count == 0 || _used + most > _chunks[^1].Length)
        {
            Open(most);
        }

        byte[] chunk = _chunks[^1];
        int start = _used;
        BinaryPrimitives.WriteUInt32LittleEndian(chunk.AsSpan(start), next);
        BinaryPrimitives.WriteInt64LittleEndian(chunk.AsSpan(start + sizeof(uint)), id);
        int at = start + HeaderBytes;
        Append(chunk, ref at, key);
        for (int column = 0; column < width; column++)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(values);
            values = values[sizeof(int)..];
            if (length < 0)
            {
                chunk[at++] = 0;
                continue;
            }

            WriteVarint(chunk, ref at, (uint)length + 1);
            values[..length].CopyTo(chunk.AsSpan(at));
            at += length;
            values = values[length..];
        }

        _used = (at + (1 << UnitBits) - 1) & -(1 << UnitBits);
        return checked((uint)(((long)(_chunks.Count - 1) << (ChunkBits - UnitBits)) + (start >> UnitBits)));
    }

    /// <summary>The next row of the same key; 0 for none.</summary>
    public uint Next(uint row) => BinaryPrimitives.ReadUInt32LittleEndian(At(row));

    /// <summary>A row's HubSpot id.</summary>
    public long Id(uint row) => BinaryPrimitives.ReadInt64LittleEndian(At(row)[sizeof(uint)..]);

    /// <summary>A row's key.</summary>
    public ReadOnlySpan<byte> Key(uint row)
    {
        ReadOnlySpan<byte> rest = At(row)[HeaderBytes..];
        int at = 0;
        int length = (int)ReadVarint(rest, ref at);
        return rest.Slice(at, length);
    }

    /// <summary>An upper bound of the bytes of a row's values.</summary>
    /// <param name="row">The row.</param>
    /// <param name="width">The number of columns.</param>
    public int ValueBytes(uint row, int width)
    {
        ReadOnlySpan<byte> rest = Values(row);
        int at = 0;
        int sum = 0;
        for (int column = 0; column < width; column++)
        {
            int length = (int)Math.Max(ReadVarint(rest, ref at), 1) - 1;
            at += length;
            sum += length;
        }

        return sum;
    }

    /// <summary>Copies a row's values.</summary>
    /// <param name="row">The row.</param>
    /// <param name="to">Takes the values.</param>
    /// <param name="used">Where they go; moved behind them.</param>
    /// <param name="starts">For each column, where its value starts.</param>
    /// <param name="lengths">For each column, its length; -1 for null.</param>
    public void CopyValues(uint row, byte[] to, ref int used, Span<int> starts, Span<int> lengths)
    {
        ReadOnlySpan<byte> rest = Values(row);
        int at = 0;
        for (int column = 0; column < lengths.Length; column++)
        {
            lengths[column] = (int)ReadVarint(rest, ref at) - 1;
            starts[column] = used;
            if (lengths[column] > 0)
            {
                rest.Slice(at, lengths[column]).CopyTo(to.AsSpan(used));
                at += lengths[column];
                used += lengths[column];
            }
        }
    }

    private static void Append(byte[] chunk, ref int at, ReadOnlySpan<byte> bytes)
    {
        WriteVarint(chunk, ref at, (uint)bytes.Length);
        bytes.CopyTo(chunk.AsSpan(at));
        at += bytes.Length;
    }

    private static void WriteVarint(byte[] chunk, ref int at, uint value)
    {
        while (value >= 0x80)
        {
            chunk[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        chunk[at++] = (byte)value;
    }

    private static uint ReadVarint(ReadOnlySpan<byte> bytes, ref int at)
    {
        uint value = bytes[at++];
        if (value < 0x80)
        {
            return value;
        }

        value &= 0x7F;
        for (int shift = 7; ; shift += 7)
        {
            byte next = bytes[at++];
            value |= (uint)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    // The first chunks are smaller, so that a small table takes little of a budget. A row that is larger than a chunk gets
    // one of its own, of which only the first unit has an address.
    private void Open(int least)
    {
        _used = _chunks.Count == 0 ? 1 << UnitBits : 0;
        int size = (int)Math.Clamp(Bytes, LeastChunkBytes, 1 << ChunkBits);
        byte[] chunk = GC.AllocateUninitializedArray<byte>(Math.Max(size, least + _used));
        _chunks.Add(chunk);
        Bytes += chunk.Length;
    }

    private ReadOnlySpan<byte> Values(uint row)
    {
        ReadOnlySpan<byte> rest = At(row)[HeaderBytes..];
        int at = 0;
        int length = (int)ReadVarint(rest, ref at);
        return rest[(at + length)..];
    }

    private ReadOnlySpan<byte> At(uint row)
        => _chunks[(int)(row >> (ChunkBits - UnitBits))].AsSpan((int)(row & ((1 << (ChunkBits - UnitBits)) - 1)) << UnitBits);
}
