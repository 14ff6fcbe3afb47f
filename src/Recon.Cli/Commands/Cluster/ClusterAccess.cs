using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Recon.Cli.Hosting;
using Recon.Cluster;

namespace Recon.Cli.Commands.Cluster;

/// <summary>How the processes of a job reach this one, as the command line has it; a worker reads it once, before it waits for runs.</summary>
/// <param name="Listen"><see langword="null"/> where that was not said.</param>
/// <param name="Certificate">With its private key; <see langword="null"/> where nothing is encrypted.</param>
internal sealed record ClusterAccess(ListenAddress? Listen, X509Certificate2? Certificate) : IDisposable
{
    private const string PasswordVariable = "RECON_CLUSTER_CERTIFICATE_PASSWORD";

    /// <summary>SHA-256 of the certificate, in hexadecimal; <see langword="null"/> where there is none.</summary>
    public string? Fingerprint => Certificate?.GetCertHashString(HashAlgorithmName.SHA256);

    /// <exception cref="UsageException">The address is none, or the certificate cannot be read.</exception>
    public static ClusterAccess Of(SharingArguments arguments, Func<string, string?> environment)
    {
        ListenAddress? listen = arguments.Listen is null ? null
            : ListenAddress.TryParse(arguments.Listen)
            ?? throw new UsageException($"--listen takes an address, a name or auto, with a port or without, not '{arguments.Listen}'.");
        return new ClusterAccess(listen, arguments.Certificate is { } file ? Read(file, environment(PasswordVariable)) : null);
    }

    /// <summary>Why this process cannot speak with those of a job; <see langword="null"/> where it can.</summary>
    /// <param name="fingerprint">That of the certificate that the job's processes have.</param>
    public string? WhyNot(string? fingerprint)
        => fingerprint == Fingerprint ? null
            : fingerprint is null ? "its processes have no certificate, and this one was started with --cluster-certificate"
            : Fingerprint is null ? "its processes have a certificate, and this one was started without --cluster-certificate"
            : "its processes have a different certificate from the one that --cluster-certificate named when this one was started";

    public void Dispose() => Certificate?.Dispose();

    private static X509Certificate2 Read(string file, string? password)
    {
        if (!File.Exists(file))
        {
            throw new UsageException($"--cluster-certificate {file}: there is no such file.");
        }

        X509Certificate2 certificate;
        try
        {
            certificate = X509CertificateLoader.LoadPkcs12FromFile(file, password);
        }
        catch (CryptographicException exception)
        {
            throw new UsageException(
                $"--cluster-certificate {file} cannot be read ({exception.Message.TrimEnd('.')}). It has to be a PKCS#12 file, with its password in {PasswordVariable}.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--cluster-certificate {file} cannot be read: {exception.Message}");
        }

        if (!certificate.HasPrivateKey)
        {
            certificate.Dispose();
            throw new UsageException($"--cluster-certificate {file}: there is no private key in it.");
        }

        return certificate;
    }
}
