using System.Security.Cryptography;
using System.Text;

namespace Recon.Dataflow.Batches;

/// <summary>What a record was when somebody decided about it: a hash of its raw values, whatever their order.</summary>
internal static class RecordHash
{
    /// <param name="values">The values that are not empty, by column of the file; columns are the same in any case.</param>
    /// <returns>32 hexadecimal digits.</returns>
    public static string Of(IEnumerable<KeyValuePair<string, string>> values)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string column, string value) in values
            .Select(value => KeyValuePair.Create(value.Key.ToLowerInvariant(), value.Value)).OrderBy(value => value.Key, StringComparer.Ordinal))
        {
            // Lengths keep values from running into each other.
            hash.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{column.Length}:{column}{value.Length}:{value}")));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }
}
