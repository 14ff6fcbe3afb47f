using System.Globalization;

namespace Recon.ObjectStorage.Addresses;

/// <summary>An object that is asked for: where, and how a request is signed.</summary>
/// <param name="name">What messages call it: without query.</param>
/// <param name="location">Where it is. A secret: its query may hold a signature.</param>
/// <param name="signer">Signs for S3; <see langword="null"/> for others.</param>
internal sealed class ObjectTarget(string name, Uri location, S3Signer? signer)
{
    public string Name => name;

    /// <summary>The server, for messages.</summary>
    public string Server => location.Authority;

    public bool IsLoopback => location.IsLoopback;

    public bool IsS3 => signer is not null;

    /// <summary>Whether the address brings a signature of its own.</summary>
    public bool IsSigned => location.Query.Length > 0;

    /// <summary>A request for a range of its bytes.</summary>
    /// <param name="from">The first byte.</param>
    /// <param name="to">The last byte; <see langword="null"/> for a request that asks for no range.</param>
    /// <param name="entityTag">The ETag that it must still have; <see langword="null"/> for any.</param>
    public HttpRequestMessage Request(long from, long? to, string? entityTag, DateTimeOffset now)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, location);
        Dictionary<string, string> headers = [];
        if (to is { } last)
        {
            headers["range"] = string.Create(CultureInfo.InvariantCulture, $"bytes={from}-{last}");
        }

        IEnumerable<KeyValuePair<string, string>> sent = signer?.Sign("GET", location, headers, now) ?? (IEnumerable<KeyValuePair<string, string>>)headers;
        foreach ((string header, string value) in sent)
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        // Packed on the way it would be another content, with other lengths.
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        if (entityTag is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", entityTag);
        }

        return request;
    }
}
