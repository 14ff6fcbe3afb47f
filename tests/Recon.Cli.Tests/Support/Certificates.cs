using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Recon.Cli.Tests.Support;

/// <summary>Certificates that only tests believe.</summary>
internal static class Certificates
{
    /// <summary>Writes a new one with its key as PKCS#12, without a password.</summary>
    /// <returns>The file.</returns>
    public static string Write(string file)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=recon", key, HashAlgorithmName.SHA256);
        using X509Certificate2 made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        File.WriteAllBytes(file, made.Export(X509ContentType.Pfx));
        return file;
    }
}
