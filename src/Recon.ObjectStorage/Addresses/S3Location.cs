using System.Text;

namespace Recon.ObjectStorage.Addresses;

/// <summary>Where an object of S3 is on the web.</summary>
internal static class S3Location
{
    /// <param name="endpoint">The server; <see langword="null"/> for that of AWS.</param>
    /// <param name="key">The key, not escaped.</param>
    public static Uri Of(Uri? endpoint, string region, string bucket, string key)
    {
        string aws = $"s3.{region}.amazonaws.com{(region.StartsWith("cn-", StringComparison.Ordinal) ? ".cn" : "")}";

        // A certificate of AWS is for one label, and names of hosts have no underscore and no difference of case.
        bool isHost = endpoint is null && bucket.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-');
        string server = endpoint?.GetLeftPart(UriPartial.Path).TrimEnd('/') ?? (isHost ? $"https://{bucket}.{aws}" : $"https://{aws}");
        string path = $"{(isHost ? "" : $"/{bucket}")}/{string.Join('/', key.Split('/').Select(Escape))}";

        // A key may hold dots and double slashes that a path would lose, and what is signed is what is sent.
        return new Uri(server + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (byte value in Encoding.UTF8.GetBytes(text))
        {
            _ = char.IsAsciiLetterOrDigit((char)value) || (char)value is '-' or '.' or '_' or '~'
                ? escaped.Append((char)value)
                : escaped.Append('%').Append(value.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return escaped.ToString();
    }
}
