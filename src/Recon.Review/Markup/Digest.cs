using System.Security.Cryptography;
using System.Text;

namespace Recon.Review.Markup;

/// <summary>Short names for texts that names of elements cannot hold.</summary>
internal static class Digest
{
    /// <returns>12 hexadecimal digits: alike for the same text, always.</returns>
    public static string Of(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];
}
