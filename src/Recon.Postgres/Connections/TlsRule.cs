using System.Net;
using Npgsql;

namespace Recon.Postgres.Connections;

/// <summary>
/// What is asked of TLS: on this machine whatever the server offers; anywhere else an encrypted connection to a server
/// whose certificate and name are verified, unless <c>--insecure-tls</c> gives that up.
/// </summary>
internal static class TlsRule
{
    public static void Apply(NpgsqlConnectionStringBuilder builder, string origin, bool insecureTls)
    {
        bool isStated = builder.ShouldSerialize("SSL Mode");
        if (IsThisMachine(builder.Host!) || insecureTls)
        {
            if (!isStated)
            {
                builder.SslMode = SslMode.Prefer;
            }

            return;
        }

        if (isStated && builder.SslMode != SslMode.VerifyFull)
        {
            throw new ConnectionSettingsException(
                $"{origin}: SSL mode {builder.SslMode} does not verify who answers at {builder.Host}, so passwords and data could go to somebody else. "
                + "Leave the mode out (verify-full is used; sslrootcert names a private authority's certificate), or add --insecure-tls.");
        }

        builder.SslMode = SslMode.VerifyFull;
    }

    /// <summary>Whether a host is a loopback address or the folder of a Unix socket.</summary>
    public static bool IsThisMachine(string host)
        => host.StartsWith('/') || host.StartsWith('@')
            || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));

    public static SslMode ReadMode(string text, string origin) => text switch
    {
        "disable" => SslMode.Disable,
        "allow" => SslMode.Allow,
        "prefer" => SslMode.Prefer,
        "require" => SslMode.Require,
        "verify-ca" => SslMode.VerifyCA,
        "verify-full" => SslMode.VerifyFull,
        _ => throw new ConnectionSettingsException(
            $"{origin}: sslmode must be one of disable, allow, prefer, require, verify-ca, verify-full."),
    };
}
