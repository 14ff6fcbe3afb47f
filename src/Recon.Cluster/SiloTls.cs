using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;
using Orleans.Hosting;

namespace Recon.Cluster;

/// <summary>
/// Encrypted connections between silos, both sides of which prove that they hold the private key of one and the same certificate. Names and
/// issuers are not asked: who has the file belongs to the job.
/// </summary>
internal static class SiloTls
{
    public static void Use(ISiloBuilder silo, X509Certificate2 certificate)
    {
        silo.UseTls(certificate, tls =>
        {
            tls.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
            tls.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
            tls.RemoteCertificateValidation = (remote, _, _) => IsSame(remote, certificate);
            tls.OnAuthenticateAsClient = (_, authentication) => authentication.TargetHost = "recon";
        });
    }

    private static bool IsSame(X509Certificate2 one, X509Certificate2 other)
        => CryptographicOperations.FixedTimeEquals(one.RawData, other.RawData);
}
