using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;

namespace Recon.Dataflow.Text;

/// <summary>The hash of keys and values held as UTF-8. Another one in each process, so that no file can aim at collisions.</summary>
internal static class KeyHash
{
    /// <summary>The longest key, in bytes, that its code holds whole.</summary>
    public const int MostPacked = 7;

    private const int LengthShift = 56;
    private const ulong LongMark = 0xFFUL << LengthShift;

    private static readonly long s_seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
    private static readonly ulong s_mask = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    private static readonly ulong s_factor = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1;

    public static ulong Of(ReadOnlySpan<byte> utf8) => OfCode(Code(utf8));

    /// <summary>A number for a key: the key itself where it is short, as most ids are, or a hash.</summary>
    public static ulong Code(ReadOnlySpan<byte> utf8)
    {
        int length = utf8.Length;
        if (length > MostPacked)
        {
            return XxHash3.HashToUInt64(utf8, s_seed) | LongMark;
        }

        // Two reads of four bytes overlap where there are fewer than eight; the length tells such keys apart.
        ulong bytes = length >= sizeof(uint)
            ? BinaryPrimitives.ReadUInt32LittleEndian(utf8)
                | ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(utf8[(length - sizeof(uint))..]) >> (8 * (8 - length)) << 32)
            : length == 0 ? 0 : utf8[0] | ((ulong)utf8[length >> 1] << 8) | ((ulong)utf8[length - 1] << 16);
        return bytes | ((ulong)length << LengthShift);
    }

    /// <summary>Whether keys of one code may be different keys.</summary>
    public static bool IsHashed(ulong code) => code >= LongMark;

    /// <summary>The hash of a key by its code.</summary>
    public static ulong OfCode(ulong code)
    {
        ulong high = Math.BigMul(code ^ s_mask, s_factor, out ulong low);
        return high ^ low;
    }
}
