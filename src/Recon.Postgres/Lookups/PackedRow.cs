using System.Buffers.Binary;
using System.Numerics;

namespace Recon.Postgres.Lookups;

/// <summary>
/// A row of <see cref="PackedRows"/>: the length of what follows, HubSpot id, length of the key, key, for each column 0 for
/// null or one more than its length, then the values.
/// </summary>
/// <remarks>Lengths take seven bits a byte, the lowest first, the top bit set on all bytes but the last.</remarks>
internal readonly ref struct PackedRow
{
    /// <summary>Most bytes of a length.</summary>
    public const int MostNumberBytes = 5;

    /// <param name="bytes">The row; whatever follows it.</param>
    public PackedRow(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        ReadNumber(bytes, ref at);
        Id = BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
        at += sizeof(long);
        int length = (int)ReadNumber(bytes, ref at);
        Key = bytes.Slice(at, length);
        Columns = bytes[(at + length)..];
    }

    public long Id { get; }

    public ReadOnlySpan<byte> Key { get; }

    private ReadOnlySpan<byte> Columns { get; }

    /// <summary>Where the row's values will stand.</summary>
    /// <param name="first">Where the first of them is going to be copied to.</param>
    /// <param name="starts">Takes, for each column, where its value starts.</param>
    /// <param name="lengths">Takes, for each column, its length; -1 for null.</param>
    /// <returns>The values, one after the other.</returns>
    public ReadOnlySpan<byte> Places(int first, Span<int> starts, Span<int> lengths)
    {
        int at = 0;
        int used = first;
        for (int column = 0; column < starts.Length; column++)
        {
            int length = (int)ReadNumber(Columns, ref at) - 1;
            (starts[column], lengths[column]) = (used, length);
            used += Math.Max(length, 0);
        }

        return Columns.Slice(at, used - first);
    }

    /// <summary>How long the row is that begins there.</summary>
    public static int LengthOf(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        int rest = (int)ReadNumber(bytes, ref at);
        return at + rest;
    }

    /// <summary>Bytes of a length.</summary>
    public static int NumberBytes(uint number) => number < 0x80 ? 1 : (BitOperations.Log2(number) / 7) + 1;

    public static void WriteNumber(byte[] to, ref int at, uint number)
    {
        for (; number >= 0x80; number >>= 7)
        {
            to[at++] = (byte)(number | 0x80);
        }

        to[at++] = (byte)number;
    }

    private static uint ReadNumber(ReadOnlySpan<byte> bytes, ref int at)
    {
        uint number = bytes[at++];
        return number < 0x80 ? number : ReadRest(number & 0x7F, bytes, ref at);
    }

    private static uint ReadRest(uint number, ReadOnlySpan<byte> bytes, ref int at)
    {
        for (int shift = 7; ; shift += 7)
        {
            byte next = bytes[at++];
            number |= (uint)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return number;
            }
        }
    }
}
