namespace Recon.Postgres.Lookups;

/// <summary>Numbers in as few bytes as they need: seven bits a byte, the lowest first, the top bit set on all but the last.</summary>
internal static class Varint
{
    /// <summary>Most bytes of a 32-bit number.</summary>
    public const int MostBytes = 5;

    /// <summary>Most bytes of a 64-bit number.</summary>
    public const int MostLongBytes = 10;

    /// <summary>Writes a number.</summary>
    public static void Write(byte[] to, ref int at, ulong value)
    {
        while (value >= 0x80)
        {
            to[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        to[at++] = (byte)value;
    }

    /// <summary>Reads a number of up to 32 bits.</summary>
    public static uint Read(ReadOnlySpan<byte> bytes, ref int at)
    {
        uint value = bytes[at++];
        return value < 0x80 ? value : (uint)ReadRest(bytes, ref at, value);
    }

    /// <summary>Reads a number of up to 64 bits.</summary>
    public static ulong ReadLong(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = bytes[at++];
        return value < 0x80 ? value : ReadRest(bytes, ref at, value);
    }

    private static ulong ReadRest(ReadOnlySpan<byte> bytes, ref int at, ulong value)
    {
        value &= 0x7F;
        for (int shift = 7; ; shift += 7)
        {
            byte next = bytes[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
