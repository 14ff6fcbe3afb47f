using System.Buffers.Binary;
using Recon.Dataflow.Text;

namespace Recon.Postgres.Wire;

/// <summary>Where entries of records are written: a pooled array that grows.</summary>
/// <param name="expected">About how many bytes there will be.</param>
internal sealed class EntryBuffer(int expected) : IDisposable
{
    private const int LongId = byte.MaxValue;
    private const int LongestNumber = 10;

    private byte[] _bytes = PooledArray.Rent(Math.Max(expected, 64));

    public int Length { get; private set; }

    /// <summary>What was written; it lasts until more is.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    public void Clear() => Length = 0;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Begins the entry of a record.</summary>
    public void WriteId(RowFate fate, ReadOnlySpan<byte> id)
    {
        Span<byte> room = Room(2 + sizeof(int) + id.Length);
        (room[0], room[1]) = ((byte)fate, (byte)Math.Min(id.Length, LongId));
        int at = 2;
        if (id.Length >= LongId)
        {
            BinaryPrimitives.WriteInt32LittleEndian(room[at..], id.Length);
            at += sizeof(int);
        }

        id.CopyTo(room[at..]);
        Length += at + id.Length;
    }

    public void WriteHash(ulong hash)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Room(sizeof(ulong)), hash);
        Length += sizeof(ulong);
    }

    /// <summary>Writes a number in groups of seven bits, the lowest first.</summary>
    public void WriteNumber(ulong number)
    {
        Span<byte> room = Room(LongestNumber);
        int at = 0;
        for (; number > 0x7F; number >>= 7)
        {
            room[at++] = (byte)(number | 0x80);
        }

        room[at] = (byte)number;
        Length += at + 1;
    }

    public void Dispose()
    {
        PooledArray.Return(_bytes);
        (_bytes, Length) = ([], 0);
    }

    private Span<byte> Room(int more)
    {
        if (_bytes.Length - Length < more)
        {
            PooledArray.Grow(ref _bytes, Length, Length + more);
        }

        return _bytes.AsSpan(Length);
    }
}
