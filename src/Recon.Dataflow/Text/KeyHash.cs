using System.IO.Hashing;
using System.Security.Cryptography;

namespace Recon.Dataflow.Text;

/// <summary>The hash of keys and values held as UTF-8. Another one in each process, so that no file can aim at collisions.</summary>
internal static class KeyHash
{
    private static readonly long s_seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    /// <summary>Hashes a text.</summary>
    /// <returns>64 bits; the same for equal texts within a process.</returns>
    public static ulong Of(ReadOnlySpan<byte> utf8) => XxHash3.HashToUInt64(utf8, s_seed);

    /// <summary>Hashes a number.</summary>
    /// <returns>64 bits, of which the lower are as good as the higher.</returns>
    public static ulong Of(ulong number)
    {
        ulong high = Math.BigMul(number ^ (ulong)s_seed, 0x9E37_79B9_7F4A_7C15, out ulong low);
        return high ^ low;
    }
}
