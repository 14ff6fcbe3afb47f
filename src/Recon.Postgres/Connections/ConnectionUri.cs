using System.Globalization;
using Npgsql;

namespace Recon.Postgres.Connections;

/// <summary>Reads <c>postgres://</c> as libpq does and <c>jdbc:postgresql://</c> as its JDBC driver does.</summary>
internal static class ConnectionUri
{
    private static readonly string[] s_schemes = ["postgres://", "postgresql://"];

    // libpq's parameter names and Npgsql's keywords for them.
    private static readonly Dictionary<string, string> s_uriKeywords = new(StringComparer.Ordinal)
    {
        ["host"] = "Host",
        ["port"] = "Port",
        ["dbname"] = "Database",
        ["user"] = "Username",
        ["password"] = "Password",
        ["passfile"] = "Passfile",
        ["sslrootcert"] = "Root Certificate",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["sslpassword"] = "SSL Password",
        ["connect_timeout"] = "Timeout",
        ["application_name"] = "Application Name",
        ["options"] = "Options",
        ["keepalives_idle"] = "TCP Keepalive Time",
        ["target_session_attrs"] = "Target Session Attributes",
    };

    private static readonly Dictionary<string, string> s_jdbcKeywords = new(StringComparer.Ordinal)
    {
        ["user"] = "Username",
        ["password"] = "Password",
        ["sslrootcert"] = "Root Certificate",
        ["sslcert"] = "SSL Certificate",
        ["sslpassword"] = "SSL Password",
        ["ApplicationName"] = "Application Name",
        ["connectTimeout"] = "Timeout",
        ["loginTimeout"] = "Timeout",
        ["tcpKeepAlive"] = "TCP Keepalive",
        ["currentSchema"] = "Search Path",
        ["options"] = "Options",
    };

    /// <summary>Reads <c>postgres://user:password@host:port/database?parameter=value</c>.</summary>
    public static NpgsqlConnectionStringBuilder ReadUri(string text, string origin)
    {
        string scheme = s_schemes.FirstOrDefault(known => text.StartsWith(known, StringComparison.OrdinalIgnoreCase))
            ?? throw new ConnectionSettingsException(
                $"{origin}: the scheme is {text[..text.IndexOf("://", StringComparison.Ordinal)]}://, not postgres://, postgresql:// or jdbc:postgresql://.");
        return Read(text[scheme.Length..], s_uriKeywords, origin);
    }

    /// <summary>Reads <c>jdbc:postgresql://host:port/database?user=…&amp;password=…</c>, or without the host part.</summary>
    public static NpgsqlConnectionStringBuilder ReadJdbc(string text, string origin)
    {
        const string Prefix = "jdbc:postgresql:";
        if (!text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            throw new ConnectionSettingsException($"{origin}: a JDBC address must start with {Prefix}//.");
        }

        string rest = text[Prefix.Length..];
        return Read(rest.StartsWith("//", StringComparison.Ordinal) ? rest[2..] : "/" + rest, s_jdbcKeywords, origin);
    }

    private static NpgsqlConnectionStringBuilder Read(string rest, Dictionary<string, string> keywords, string origin)
    {
        var builder = new NpgsqlConnectionStringBuilder();
        (string address, string query) = Split(rest, rest.IndexOf('?', StringComparison.Ordinal));
        (string authority, string database) = Split(address, address.IndexOf('/', StringComparison.Ordinal));
        int at = authority.LastIndexOf('@');
        if (at >= 0)
        {
            (string user, string password) = Split(authority[..at], authority.IndexOf(':', StringComparison.Ordinal) is int colon && colon < at ? colon : -1);
            SetIfAny(builder, "Username", user, origin);
            SetIfAny(builder, "Password", password, origin);
        }

        ReadHost(builder, authority[(at + 1)..], origin);
        SetIfAny(builder, "Database", database, origin);
        foreach (string parameter in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            (string name, string value) = Split(parameter, parameter.IndexOf('=', StringComparison.Ordinal));
            ReadParameter(builder, Decode(name, origin), Decode(value, origin), keywords, origin);
        }

        return builder;
    }

    private static void ReadHost(NpgsqlConnectionStringBuilder builder, string host, string origin)
    {
        if (host.Contains(',', StringComparison.Ordinal))
        {
            throw new ConnectionSettingsException($"{origin}: several hosts in one address are not supported. Name one.");
        }

        int bracket = host.StartsWith('[') ? host.IndexOf(']', StringComparison.Ordinal) : -1;
        int colon = host.IndexOf(':', Math.Max(bracket, 0));
        (string name, string port) = Split(host, colon);
        SetIfAny(builder, "Host", bracket > 0 ? name[1..^1] : name, origin);
        if (port.Length > 0)
        {
            SetPort(builder, port, origin);
        }
    }

    private static void ReadParameter(
        NpgsqlConnectionStringBuilder builder, string name, string value, Dictionary<string, string> keywords, string origin)
    {
        switch (name)
        {
            case "sslmode":
                builder.SslMode = TlsRule.ReadMode(value, origin);
                break;
            case "ssl" when ReferenceEquals(keywords, s_jdbcKeywords) && value is "true" or "":
                builder.SslMode = builder.ContainsKey("SSL Mode") && IsStated(builder) ? builder.SslMode : SslMode.VerifyFull;
                break;
            case "ssl" when ReferenceEquals(keywords, s_jdbcKeywords) && value is "false":
                break;
            case "client_encoding" when value.Replace("-", "", StringComparison.Ordinal).Equals("utf8", StringComparison.OrdinalIgnoreCase):
                break;
            case "gssencmode" when value is "disable" or "prefer":
                builder.GssEncryptionMode = value is "disable" ? GssEncryptionMode.Disable : GssEncryptionMode.Prefer;
                break;
            case "channel_binding" when Enum.TryParse(value, ignoreCase: true, out ChannelBinding binding):
                builder.ChannelBinding = binding;
                break;
            case "port" when keywords.ContainsKey(name):
                SetPort(builder, value, origin);
                break;
            case var _ when keywords.TryGetValue(name, out string? keyword):
                ConnectionKeywords.Set(builder, keyword, value, origin);
                break;
            default:
                throw new ConnectionSettingsException(
                    $"{origin}: the parameter \"{name}\" of the address is not known or its value is not supported. Known: "
                    + string.Join(", ", keywords.Keys.Append("sslmode").Order(StringComparer.Ordinal)) + ".");
        }
    }

    private static bool IsStated(NpgsqlConnectionStringBuilder builder) => builder.ShouldSerialize("SSL Mode");

    private static void SetPort(NpgsqlConnectionStringBuilder builder, string text, string origin)
        => builder.Port = ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) && port > 0
            ? port
            : throw new ConnectionSettingsException(
                $"{origin}: the port is not a number from 1 to 65535. A password with ':', '/', '@', '?' or '#' must be percent-encoded.");

    private static void SetIfAny(NpgsqlConnectionStringBuilder builder, string keyword, string encoded, string origin)
    {
        if (encoded.Length > 0)
        {
            ConnectionKeywords.Set(builder, keyword, Decode(encoded, origin), origin);
        }
    }

    private static string Decode(string text, string origin)
    {
        for (int i = text.IndexOf('%', StringComparison.Ordinal); i >= 0; i = text.IndexOf('%', i + 1))
        {
            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
            {
                throw new ConnectionSettingsException($"{origin}: a '%' in the address is not followed by two hexadecimal digits. Write '%' itself as %25.");
            }
        }

        return Uri.UnescapeDataString(text);
    }

    private static (string Before, string After) Split(string text, int at)
        => at < 0 ? (text, "") : (text[..at], text[(at + 1)..]);
}
