using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Recon.Dataflow;

/// <summary>The address of an object in storage. Whether a path is one, and a possible one, is decided here and nowhere else.</summary>
internal sealed class ObjectAddress
{
    private const string Mark = "://";
    private const int LongestKey = 1024;

    private ObjectAddress(string location) => Location = location;

    /// <summary>The whole address. A secret: its query may hold a signature.</summary>
    public string Location { get; }

    /// <summary>The address as people may see it: without query.</summary>
    public string Name => Shown(Location);

    /// <summary>The bucket of an <c>s3://</c> address; <see langword="null"/> for one of the web.</summary>
    public string? Bucket { get; private init; }

    /// <summary>The key of an <c>s3://</c> address, as it is: nothing in it is escaped.</summary>
    public string Key { get; private init; } = "";

    /// <summary>The address of the web; <see langword="null"/> for an <c>s3://</c> address.</summary>
    public Uri? Web { get; private init; }

    /// <summary>Whether a path is the address of an object and not a file's: it begins with a scheme of two characters or more.</summary>
    public static bool Is([NotNullWhen(true)] string? path)
    {
        int scheme = path?.IndexOf(Mark, StringComparison.Ordinal) ?? -1;
        return scheme > 1 && char.IsAsciiLetter(path![0]) && path.AsSpan(0, scheme).IndexOfAnyExcept(s_ofSchemes) < 0;
    }

    /// <summary>A path as people may see it: an address without its query, which may hold a secret; other paths as they are.</summary>
    public static string Shown(string path)
    {
        if (!Is(path))
        {
            return path;
        }

        int end = path.AsSpan().IndexOfAny('?', '#');
        string shown = end < 0 ? path : path[..end];
        int host = shown.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length;
        int slash = shown.IndexOf('/', host);
        int user = shown.LastIndexOf('@', slash < 0 ? shown.Length - 1 : slash);
        return user < host ? shown : shown[..host] + shown[(user + 1)..];
    }

    /// <summary>A path that was named on the command line, made independent of the current folder; addresses and <c>-</c> as they are.</summary>
    public static string Absolute(string path) => path == "-" || Is(path) ? path : Path.GetFullPath(path);

    /// <summary>Reads an address.</summary>
    /// <param name="path">A path for which <see cref="Is"/> holds.</param>
    /// <param name="problem">What is wrong with it and what to do, without the address.</param>
    /// <returns>The address; <see langword="null"/> where there is a problem.</returns>
    public static ObjectAddress? Parse(string path, out string problem)
    {
        string scheme = path[..path.IndexOf(Mark, StringComparison.Ordinal)].ToLowerInvariant();
        problem = "";
        return scheme switch
        {
            "s3" => OfS3(path, out problem),
            "https" or "http" => OfWeb(path, out problem),
            "file" => Refuse("a file is named by its path alone, without file://", out problem),
            _ => Refuse($"objects are read from s3://BUCKET/KEY and https://…, not from {scheme}://; where the storage has an address of the web, name that", out problem),
        };
    }

    public override string ToString() => Name;

    private static readonly System.Buffers.SearchValues<char> s_ofSchemes
        = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

    private static ObjectAddress? OfS3(string path, out string problem)
    {
        problem = "";
        string rest = path[(path.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length)..];
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        (string bucket, string key) = slash < 0 ? (rest, "") : (rest[..slash], rest[(slash + 1)..]);
        return HasWildcard(rest) ? Refuse(Wildcard, out problem)
            : bucket.Length is < 3 or > 63 || !bucket.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_')
                ? Refuse("an address of S3 is s3://BUCKET/KEY, with a bucket of 3 to 63 letters, digits, dots and hyphens", out problem)
            : key.Length == 0 || key.EndsWith('/') ? Refuse("the address names a bucket or a folder, not an object; write s3://BUCKET/KEY with the key of one object", out problem)
            : Encoding.UTF8.GetByteCount(key) > LongestKey ? Refuse("the key is longer than 1,024 bytes, which S3 does not have", out problem)
            : new ObjectAddress(path) { Bucket = bucket, Key = key };
    }

    private static ObjectAddress? OfWeb(string path, out string problem)
    {
        problem = "";
        return !Uri.TryCreate(path, UriKind.Absolute, out Uri? web) || web.Host.Length == 0
                ? Refuse("this is no address of the web; write https://HOST/PATH, and characters that are not allowed there as %XX", out problem)
            : web.Scheme == "http" && !web.IsLoopback
                ? Refuse("http:// sends what is asked and answered in the clear, so it is read from this machine only (localhost); write https://", out problem)
            : web.UserInfo.Length > 0 ? Refuse("an address holds no user and password; where the storage wants a signature, it is in the query", out problem)
            : web.Fragment.Length > 0 ? Refuse("an address of an object has no part behind #; write # as %23", out problem)
            : HasWildcard(web.AbsolutePath) ? Refuse(Wildcard, out problem)
            : web.AbsolutePath.EndsWith('/') ? Refuse("the address names a host or a folder, not an object; name one object", out problem)
            : new ObjectAddress(path) { Web = web };
    }

    private static string Wildcard => "* and ? are not looked for in object storage; name one object, one pipeline each, or copy the objects to a folder and name them there";

    private static bool HasWildcard(string text) => text.AsSpan().IndexOfAny('*', '?') >= 0;

    private static ObjectAddress? Refuse(string what, out string problem)
    {
        problem = what;
        return null;
    }
}
