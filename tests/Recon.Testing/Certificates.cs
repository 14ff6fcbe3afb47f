using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Recon.Testing;

/// <summary>Certificates that only tests believe.</summary>
public static class Certificates
{
    /// <summary>Makes a new one, with its key.</summary>
    public static X509Certificate2 Make() => X509CertificateLoader.LoadPkcs12(Export(), null);

    /// <summary>Writes a new one with its key as PKCS#12, without a password.</summary>
    /// <returns>The file.</returns>
    public static string Write(string file)
    {
        File.WriteAllBytes(file, Export());
        return file;
    }

    private static byte[] Export()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=recon", key, HashAlgorithmName.SHA256);
        using X509Certificate2 made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return made.Export(X509ContentType.Pfx);
    }
}
