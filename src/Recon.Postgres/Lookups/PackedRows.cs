using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Lookups;

/// <summary>
/// Rows one after the other in chunks: a link, HubSpot id, key, then for each column a code or a length, then the values.
/// Rows begin at multiples of four bytes, so that 32 bits address 16 GiB. Filled by one thread, then read-only.
/// </summary>
/// <remarks>
/// Numbers have a variable length. A column's number is the code of one of the <see cref="FrequentValues"/>, or
/// <see cref="FrequentValues.Codes"/> and the length of a value, which then stands behind all numbers.
/// </remarks>
internal sealed class PackedRows(int width)
{
    /// <summary>Most bytes of all chunks for which every row has an address.</summary>
    /// <value>16 GiB but for what the first, smaller chunks leave unaddressed.</value>
    public const long AddressableBytes = (1L << 34) - (64L << 20);

    private const int ChunkBits = 22;
    private const int SmallestChunk = 1 << 14;
    private const int UnitBits = 2;
    private const int UnitMask = (1 << (ChunkBits - UnitBits)) - 1;
    private const int LinkBytes = sizeof(uint);
    private const int CacheLine = 64;

    // Where the rows of each chunk end.
    private readonly List<int> _ends = [];

    // The columns of the row being added whose values have no code.
    private readonly int[] _own = new int[width];
    private byte[][] _chunks = [];
    private int _used;

    /// <summary>The number of columns.</summary>
    public int Width => width;

    /// <summary>The values that rows hold as codes.</summary>
    public FrequentValues Frequent { get; } = new(width);

    /// <summary>Bytes of all chunks. They double up to 4 MiB, so that at most half is unused in a small table.</summary>
    public long Bytes { get; private set; }

    /// <summary>Adds a row.</summary>
    /// <param name="values">Where they stand, one for each column.</param>
    public uint Add(uint link, long id, ReadOnlySpan<byte> key, ReadOnlySpan<byte> buffer, ReadOnlySpan<FieldPlace> values)
    {
        Frequent.Sample(buffer, values);
        byte[] chunk = ChunkFor(MostBytes(key, values));
        int start = _used;
        int at = start + LinkBytes;
        BinaryPrimitives.WriteUInt32LittleEndian(chunk.AsSpan(start), link);
        Varint.Write(chunk, ref at, ((ulong)id << 1) ^ (ulong)(id >> 63));
        Varint.Write(chunk, ref at, (uint)key.Length);
        key.CopyTo(chunk.AsSpan(at));
        at += key.Length;
        WriteColumns(chunk, ref at, buffer, values);
        _used = (at + (1 << UnitBits) - 1) & -(1 << UnitBits);
        _ends[^1] = _used;
        return checked((uint)(((long)(_ends.Count - 1) << (ChunkBits - UnitBits)) + (start >> UnitBits)));
    }

    /// <summary>A number that whoever adds rows chains them by.</summary>
    public uint Link(uint row) => BinaryPrimitives.ReadUInt32LittleEndian(At(row));

    /// <summary>Sets a row's link.</summary>
    public void SetLink(uint row, uint link)
        => BinaryPrimitives.WriteUInt32LittleEndian(Chunk(row).AsSpan(Offset(row)), link);

    /// <summary>Opens a row.</summary>
    public PackedRow Open(uint row) => new(At(row)[LinkBytes..]);

    /// <summary>The row after another one, in the order in which they were added.</summary>
    /// <returns>The next row; 0 when there is none.</returns>
    public uint After(uint row)
    {
        int chunk = (int)(row >> (ChunkBits - UnitBits));
        int next = 1 << UnitBits;
        if (row != 0)
        {
            ReadOnlySpan<byte> bytes = At(row);
            PackedRow opened = new(bytes[LinkBytes..]);
            int end = Offset(row) + bytes.Length - opened.Columns.Length + opened.ColumnBytes(width);
            next = (end + (1 << UnitBits) - 1) & -(1 << UnitBits);
            if (next == _ends[chunk])
            {
                chunk++;
                next = 0;
            }
        }

        return chunk >= _ends.Count ? 0 : ((uint)chunk << (ChunkBits - UnitBits)) + (uint)(next >> UnitBits);
    }

    /// <summary>
    /// Reads a byte or two of each row and does nothing with them: the processor fetches rows from memory at the same time
    /// when nothing that follows depends on the one before.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public int Touch(ReadOnlySpan<uint> rows)
    {
        int sum = 0;
        byte[][] chunks = _chunks;
        if (_ends.Count > 0)
        {
            foreach (uint row in rows)
            {
                byte[] chunk = chunks[row >> (ChunkBits - UnitBits)];
                int offset = Offset(row);
                sum += chunk[offset] + chunk[Math.Min(offset + CacheLine, chunk.Length - 1)];
            }
        }

        return sum;
    }

    private static int Offset(uint row) => (int)(row & UnitMask) << UnitBits;

    private static int MostBytes(ReadOnlySpan<byte> key, ReadOnlySpan<FieldPlace> values)
    {
        int most = checked(LinkBytes + Varint.MostLongBytes + Varint.MostBytes + key.Length);
        foreach (FieldPlace value in values)
        {
            most = checked(most + Varint.MostBytes + Math.Max(value.Length, 0));
        }

        return most;
    }

    // All numbers first, so that reading a row goes over a few neighbouring bytes, and its own values are copied at once.
    private void WriteColumns(byte[] chunk, ref int at, ReadOnlySpan<byte> buffer, ReadOnlySpan<FieldPlace> values)
    {
        int own = 0;
        for (int column = 0; column < values.Length; column++)
        {
            FieldPlace value = values[column];
            if (value.Length < 0)
            {
                Varint.Write(chunk, ref at, FrequentValues.Null);
            }
            else if (Frequent.TryCode(column, value.Of(buffer), out uint code))
            {
                Varint.Write(chunk, ref at, code);
            }
            else
            {
                Varint.Write(chunk, ref at, FrequentValues.Codes + (uint)value.Length);
                _own[own++] = column;
            }
        }

        foreach (int column in _own.AsSpan(0, own))
        {
            values[column].Of(buffer).CopyTo(chunk.AsSpan(at));
            at += values[column].Length;
        }
    }

    // A row that is larger than a chunk gets one of its own, of which only what begins in the first 4 MiB has an address.
    // The first unit of all stays free: 0 is no row.
    private byte[] ChunkFor(int least)
    {
        int count = _ends.Count;
        if (count > 0 && _used < 1 << ChunkBits && _used + (long)least <= _chunks[count - 1].Length)
        {
            return _chunks[count - 1];
        }

        _used = count == 0 ? 1 << UnitBits : 0;
        int usual = SmallestChunk << Math.Min(count, ChunkBits - 14);
        byte[] chunk = GC.AllocateUninitializedArray<byte>(Math.Max(usual, checked(least + _used)));
        if (count == _chunks.Length)
        {
            Array.Resize(ref _chunks, Math.Max(16, count * 2));
        }

        _chunks[count] = chunk;
        _ends.Add(_used);
        Bytes += chunk.Length;
        return chunk;
    }

    private byte[] Chunk(uint row) => _chunks[row >> (ChunkBits - UnitBits)];

    private ReadOnlySpan<byte> At(uint row) => Chunk(row).AsSpan(Offset(row));
}
