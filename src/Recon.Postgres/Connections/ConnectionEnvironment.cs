using Npgsql;

namespace Recon.Postgres.Connections;

/// <summary>
/// Fills what a connection text leaves open from libpq's variables. Npgsql reads some of them, but not host, port and
/// database; reading all in one place makes the result the same as psql's.
/// </summary>
internal static class ConnectionEnvironment
{
    private static readonly (string Variable, string Keyword)[] s_variables =
    [
        ("PGHOST", "Host"),
        ("PGPORT", "Port"),
        ("PGUSER", "Username"),
        ("PGDATABASE", "Database"),
        ("PGPASSWORD", "Password"),
        ("PGPASSFILE", "Passfile"),
        ("PGSSLROOTCERT", "Root Certificate"),
        ("PGSSLCERT", "SSL Certificate"),
        ("PGSSLKEY", "SSL Key"),
        ("PGCONNECT_TIMEOUT", "Timeout"),
        ("PGOPTIONS", "Options"),
        ("PGTARGETSESSIONATTRS", "Target Session Attributes"),
    ];

    public static void Fill(NpgsqlConnectionStringBuilder builder, string origin, Func<string, string?> environment)
    {
        // A port belongs to its host: PGPORT says nothing about a host that was named elsewhere without a port.
        bool hasHost = builder.ShouldSerialize("Host");
        foreach ((string variable, string keyword) in s_variables)
        {
            bool isOpen = !builder.ShouldSerialize(keyword) && !(hasHost && variable == "PGPORT");
            if (isOpen && environment(variable) is { Length: > 0 } value)
            {
                ConnectionKeywords.Set(builder, keyword, value, variable);
            }
        }

        if (!builder.ShouldSerialize("SSL Mode") && environment("PGSSLMODE") is { Length: > 0 } mode)
        {
            builder.SslMode = TlsRule.ReadMode(mode, "PGSSLMODE");
        }

        if (!builder.ShouldSerialize("Host"))
        {
            builder.Host = "localhost";
        }

        if (builder.Host!.Contains(',', StringComparison.Ordinal))
        {
            throw new ConnectionSettingsException($"{origin}: several hosts are not supported. Name one.");
        }

        builder.Username ??= Environment.UserName;
        builder.Database ??= builder.Username;
    }
}
