using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Npgsql;

namespace Recon.Postgres.Connections;

/// <summary>The files of certificates and keys. The driver reads them when it connects, where a missing one looks like a lost connection.</summary>
internal static class TlsFiles
{
    /// <exception cref="ConnectionSettingsException">One that will be needed cannot be used.</exception>
    public static void Require(NpgsqlConnectionStringBuilder builder, string origin)
    {
        if (builder.SslMode is SslMode.VerifyCA or SslMode.VerifyFull)
        {
            Require(builder.RootCertificate, "the authority's certificate (sslrootcert)", origin, ReadCertificate);
        }

        if (builder.SslMode != SslMode.Disable)
        {
            Require(builder.SslCertificate, "the client's certificate (sslcert)", origin, Open);
            Require(builder.SslKey, "the client's key (sslkey)", origin, Open);
        }
    }

    private static void Require(string? path, string what, string origin, Action<string> read)
    {
        try
        {
            if (!string.IsNullOrEmpty(path))
            {
                read(path);
            }
        }
        catch (CryptographicException)
        {
            throw new ConnectionSettingsException($"{origin}: {what}, {path}, holds no certificate.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConnectionSettingsException($"{origin}: {what} cannot be read: {failure.Message}");
        }
    }

    private static void Open(string path)
    {
        using FileStream file = File.OpenRead(path);
    }

    // As text, or as the bytes that the text encodes.
    private static void ReadCertificate(string path)
    {
        Open(path);
        X509Certificate2Collection certificates = [];
        certificates.ImportFromPemFile(path);
        if (certificates.Count == 0)
        {
            certificates.Add(X509CertificateLoader.LoadCertificateFromFile(path));
        }

        foreach (X509Certificate2 certificate in certificates)
        {
            certificate.Dispose();
        }
    }
}
