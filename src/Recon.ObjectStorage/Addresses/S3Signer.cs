using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Recon.ObjectStorage.Addresses;

/// <summary>Signs requests for S3 as its documentation has it: signature version 4, in headers, of requests without a body.</summary>
internal sealed class S3Signer(string keyId, string secret, string? session, string region)
{
    public const string DateHeader = "x-amz-date";
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string HashOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    /// <summary>The headers that make a request one of the key's owner.</summary>
    /// <param name="method">Such as GET.</param>
    /// <param name="address">The address as it is sent, without query.</param>
    /// <param name="headers">Further headers that are sent, to be signed with the others; names in lower case.</param>
    /// <param name="now">The time, which the server compares with its own.</param>
    public IReadOnlyDictionary<string, string> Sign(
        string method, Uri address, IEnumerable<KeyValuePair<string, string>> headers, DateTimeOffset now, string payloadHash = HashOfNothing)
    {
        string time = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        string day = time[..8];
        SortedDictionary<string, string> signed = new(StringComparer.Ordinal)
        {
            ["host"] = address.Authority,
            ["x-amz-content-sha256"] = payloadHash,
            [DateHeader] = time,
        };
        if (session is not null)
        {
            signed["x-amz-security-token"] = session;
        }

        foreach ((string name, string value) in headers)
        {
            signed[name] = value;
        }

        string names = string.Join(';', signed.Keys);
        string canonical = $"{method}\n{address.AbsolutePath}\n\n{string.Concat(signed.Select(header => $"{header.Key}:{header.Value.Trim()}\n"))}\n{names}\n{payloadHash}";
        string scope = $"{day}/{region}/s3/aws4_request";
        string told = $"{Algorithm}\n{time}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        byte[] key = Keyed(Keyed(Keyed(Keyed(Encoding.UTF8.GetBytes($"AWS4{secret}"), day), region), "s3"), "aws4_request");
        signed.Remove("host");
        signed["authorization"]
            = $"{Algorithm} Credential={keyId}/{scope},SignedHeaders={names},Signature={Convert.ToHexStringLower(Keyed(key, told))}";
        return signed;
    }

    private static byte[] Keyed(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
}
