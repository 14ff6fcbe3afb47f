namespace Recon.Dataflow.Definition.Rules;

/// <summary>What may stand under <c>postgres</c>. Messages never show the value: it may hold a password.</summary>
internal static class ConnectionRules
{
    private const string NoPassword =
        "holds a password; leave it out and use \"env:NAME\", PGPASSWORD or ~/.pgpass: the file must be safe to share";

    private static readonly string[] s_schemes = ["postgres://", "postgresql://", "jdbc:postgresql://"];
    private static readonly string[] s_passwordKeys = ["password", "pwd", "psw", "sslpassword"];

    /// <summary>What is wrong with a connection.</summary>
    public static string? FaultOf(string value)
    {
        if (value == "embedded")
        {
            return null;
        }

        if (value.StartsWith("env:", StringComparison.Ordinal))
        {
            return IsVariable(value[4..]) ? null : "\"env:\" must be followed by the name of an environment variable";
        }

        if (s_schemes.FirstOrDefault(scheme => value.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) is { } found)
        {
            return FaultOfAddress(value[found.Length..]);
        }

        string[] pairs = value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (pairs.Any(IsPassword))
        {
            return NoPassword;
        }

        return pairs.Length > 0 && pairs[0].Contains('=', StringComparison.Ordinal)
            ? null
            : "must be \"embedded\", \"env:NAME\", or a connection string such as \"Host=localhost;Database=crm\" or \"postgres://user@host/crm\"";
    }

    private static string? FaultOfAddress(string address)
    {
        int query = address.IndexOf('?', StringComparison.Ordinal);
        string place = query < 0 ? address : address[..query];
        int at = place.LastIndexOf('@');
        bool hasPassword = at >= 0 && place[..at].Contains(':', StringComparison.Ordinal);
        if (hasPassword || (query >= 0 && address[(query + 1)..].Split('&', ';').Any(IsPassword)))
        {
            return NoPassword;
        }

        // A password with unescaped / or ? looks like a port that is none.
        string authority = place[(at + 1)..].Split('/')[0];
        int colon = authority.LastIndexOf(':');
        bool portFits = colon < 0 || authority.EndsWith(']') || authority[(colon + 1)..].All(char.IsAsciiDigit);
        return portFits ? null : "is not an address: what follows the colon is not a port; the form is postgres://user@host:5432/database";
    }

    private static bool IsPassword(string pair)
    {
        string key = Uri.UnescapeDataString(pair.Split('=', 2)[0]);
        string folded = string.Concat(key.Where(char.IsLetterOrDigit)).ToLowerInvariant();
        return s_passwordKeys.Contains(folded);
    }

    private static bool IsVariable(string name)
        => name.Length > 0 && !char.IsAsciiDigit(name[0])
            && name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_');
}
