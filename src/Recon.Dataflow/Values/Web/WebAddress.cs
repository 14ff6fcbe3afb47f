namespace Recon.Dataflow.Values.Web;

/// <summary>The parts of a web address, as slices of it.</summary>
internal readonly ref struct WebAddress
{
    private WebAddress(ReadOnlySpan<byte> scheme, ReadOnlySpan<byte> user, ReadOnlySpan<byte> host, ReadOnlySpan<byte> port, ReadOnlySpan<byte> rest)
    {
        Scheme = scheme;
        User = user;
        Host = host;
        Port = port;
        Rest = rest;
    }

    /// <summary>The scheme without <c>://</c>; empty for none.</summary>
    internal ReadOnlySpan<byte> Scheme { get; }

    /// <summary>What stands before <c>@</c>; empty for none.</summary>
    internal ReadOnlySpan<byte> User { get; }

    /// <summary>The host, without a trailing point.</summary>
    internal ReadOnlySpan<byte> Host { get; }

    /// <summary>The port's digits; empty for none.</summary>
    internal ReadOnlySpan<byte> Port { get; }

    /// <summary>Path, query and fragment, from their first character.</summary>
    internal ReadOnlySpan<byte> Rest { get; }

    /// <summary>Takes an address apart, and refuses what has no proper host.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> text, out WebAddress address)
    {
        address = default;
        int schemeEnd = text.IndexOf("://"u8);
        ReadOnlySpan<byte> scheme = default;
        if (schemeEnd > 0 && text.IndexOfAny((byte)'/', (byte)'?', (byte)'#') > schemeEnd && IsScheme(text[..schemeEnd]))
        {
            scheme = text[..schemeEnd];
            text = text[(schemeEnd + 3)..];
        }
        else if (text.StartsWith("//"u8))
        {
            text = text[2..];
        }

        int hostEnd = text.IndexOfAny((byte)'/', (byte)'?', (byte)'#');
        ReadOnlySpan<byte> host = hostEnd < 0 ? text : text[..hostEnd];
        ReadOnlySpan<byte> rest = hostEnd < 0 ? default : text[hostEnd..];
        ReadOnlySpan<byte> user = default;
        int userEnd = host.LastIndexOf((byte)'@');
        if (userEnd >= 0)
        {
            // Without a scheme it is an e-mail address in the wrong column.
            if (scheme.IsEmpty)
            {
                return false;
            }

            user = host[..userEnd];
            host = host[(userEnd + 1)..];
        }

        ReadOnlySpan<byte> port = default;
        int portStart = host.IndexOf((byte)':');
        if (portStart >= 0)
        {
            port = host[(portStart + 1)..];
            host = host[..portStart];
            if (port.Length > 5 || port.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0)
            {
                return false;
            }
        }

        host = host.Length > 0 && host[^1] == '.' ? host[..^1] : host;
        address = new WebAddress(scheme, user, host, port, rest);
        return WebHost.IsHost(host);
    }

    private static bool IsScheme(ReadOnlySpan<byte> text)
    {
        foreach (byte character in text)
        {
            if (!char.IsAsciiLetterOrDigit((char)character) && character is not ((byte)'+' or (byte)'-' or (byte)'.'))
            {
                return false;
            }
        }

        return true;
    }
}
