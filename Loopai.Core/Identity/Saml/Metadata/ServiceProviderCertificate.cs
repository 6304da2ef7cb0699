using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Loopai.Core.Identity.Saml.Metadata;

/// <summary>Makes the certificates of this service provider. Nobody vouches for them: the identity provider takes them from the metadata.</summary>
internal static class ServiceProviderCertificate
{
    private const int Bits = 3072;
    private const int Years = 5;

    /// <param name="name">What an administrator will see in the identity provider's list.</param>
    /// <param name="forEncryption">What the key is used for.</param>
    /// <param name="now">The time.</param>
    public static X509Certificate2 Create(string name, bool forEncryption, DateTimeOffset now)
    {
        using var rsa = RSA.Create(Bits);
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(name);
        var request = new CertificateRequest(subject.Build(), rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            forEncryption ? X509KeyUsageFlags.KeyEncipherment : X509KeyUsageFlags.DigitalSignature, critical: true));
        return request.CreateSelfSigned(now.AddDays(-1), now.AddYears(Years));
    }
}
