using System.IO.Hashing;
using System.Security.Cryptography;

namespace Recon.Dataflow.Text;

/// <summary>The hash of keys and values held as UTF-8. Another one in each process, so that no file can aim at collisions.</summary>
internal static class KeyHash
{
    private static readonly long s_seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    public static ulong Of(ReadOnlySpan<byte> utf8) => XxHash3.HashToUInt64(utf8, s_seed);
}
