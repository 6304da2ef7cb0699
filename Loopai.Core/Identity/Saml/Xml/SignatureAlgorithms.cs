using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Loopai.Core.Identity.Saml.Xml;

/// <summary>The signature and digest algorithms that are taken: RSA and ECDSA over the SHA-2 family, and SHA-1 only where a connection allows it.</summary>
internal static class SignatureAlgorithms
{
    public const string RsaSha256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    public const string RsaSha1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1";

    private static readonly Dictionary<string, HashAlgorithmName> Digests = new(StringComparer.Ordinal)
    {
        ["http://www.w3.org/2000/09/xmldsig#sha1"] = HashAlgorithmName.SHA1,
        ["http://www.w3.org/2001/04/xmlenc#sha256"] = HashAlgorithmName.SHA256,
        ["http://www.w3.org/2001/04/xmldsig-more#sha384"] = HashAlgorithmName.SHA384,
        ["http://www.w3.org/2001/04/xmlenc#sha512"] = HashAlgorithmName.SHA512,
    };

    private static readonly Dictionary<string, Method> Methods = new(StringComparer.Ordinal)
    {
        [RsaSha1] = new(HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1),
        [RsaSha256] = new(HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        ["http://www.w3.org/2001/04/xmldsig-more#rsa-sha384"] = new(HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
        ["http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"] = new(HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
        ["http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"] = new(HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        ["http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1"] = new(HashAlgorithmName.SHA384, RSASignaturePadding.Pss),
        ["http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1"] = new(HashAlgorithmName.SHA512, RSASignaturePadding.Pss),
        ["http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"] = new(HashAlgorithmName.SHA256, null),
        ["http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"] = new(HashAlgorithmName.SHA384, null),
        ["http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512"] = new(HashAlgorithmName.SHA512, null),
    };

    public static byte[] Digest(string? algorithm, byte[] bytes, bool allowSha1)
    {
        var hash = algorithm is not null && Digests.TryGetValue(algorithm, out var known) ? known : throw SamlErrors.Algorithm(algorithm);
        RefuseSha1(hash, allowSha1);
        return CryptographicOperations.HashData(hash, bytes);
    }

    /// <summary>Whether one of the certificates' keys made the signature. What kind of key it is, is the certificate's to say and not the document's.</summary>
    public static bool Verify(string? algorithm, byte[] bytes, byte[] signature, IReadOnlyList<X509Certificate2> certificates, bool allowSha1)
    {
        var method = algorithm is not null && Methods.TryGetValue(algorithm, out var known) ? known : throw SamlErrors.Algorithm(algorithm);
        RefuseSha1(method.Hash, allowSha1);
        return certificates.Any(certificate => method.Padding is { } padding
            ? certificate.GetRSAPublicKey() is { } rsa && Using(rsa, key => key.VerifyData(bytes, signature, method.Hash, padding))
            : certificate.GetECDsaPublicKey() is { } ecdsa && Using(ecdsa, key => key.VerifyData(bytes, signature, method.Hash)));
    }

    private static bool Using<TKey>(TKey key, Func<TKey, bool> verify)
        where TKey : IDisposable
    {
        using (key)
        {
            return verify(key);
        }
    }

    private static void RefuseSha1(HashAlgorithmName hash, bool allowSha1)
    {
        if (hash == HashAlgorithmName.SHA1 && !allowSha1)
        {
            throw SamlErrors.Sha1();
        }
    }

    /// <param name="Hash">What is signed is this hash.</param>
    /// <param name="Padding">Of RSA; null for ECDSA.</param>
    private sealed record Method(HashAlgorithmName Hash, RSASignaturePadding? Padding);
}
