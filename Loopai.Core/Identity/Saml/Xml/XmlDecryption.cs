using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Xml;

namespace Loopai.Core.Identity.Saml.Xml;

/// <summary>Decrypts an <c>EncryptedAssertion</c>: AES in CBC or GCM, the key by RSA-OAEP. RSA with PKCS #1 v1.5 padding is refused, since its errors leak the key.</summary>
internal static class XmlDecryption
{
    private const int GcmNonce = 12;
    private const int GcmTag = 16;
    private const int CbcBlock = 16;
    private const int MaxKeys = 4;

    private static readonly Dictionary<string, (int KeyBytes, bool Gcm)> Ciphers = new(StringComparer.Ordinal)
    {
        [SamlNames.Encryption + "aes128-cbc"] = (16, false),
        [SamlNames.Encryption + "aes192-cbc"] = (24, false),
        [SamlNames.Encryption + "aes256-cbc"] = (32, false),
        [SamlNames.Encryption11 + "aes128-gcm"] = (16, true),
        [SamlNames.Encryption11 + "aes192-gcm"] = (24, true),
        [SamlNames.Encryption11 + "aes256-gcm"] = (32, true),
    };

    private static readonly Dictionary<string, HashAlgorithmName> OaepHashes = new(StringComparer.Ordinal)
    {
        [SamlNames.Signature + "sha1"] = HashAlgorithmName.SHA1,
        [SamlNames.Encryption + "sha256"] = HashAlgorithmName.SHA256,
        [SamlNames.Encryption + "sha384"] = HashAlgorithmName.SHA384,
        ["http://www.w3.org/2001/04/xmldsig-more#sha384"] = HashAlgorithmName.SHA384,
        [SamlNames.Encryption + "sha512"] = HashAlgorithmName.SHA512,
        [SamlNames.Encryption11 + "mgf1sha1"] = HashAlgorithmName.SHA1,
        [SamlNames.Encryption11 + "mgf1sha256"] = HashAlgorithmName.SHA256,
        [SamlNames.Encryption11 + "mgf1sha384"] = HashAlgorithmName.SHA384,
        [SamlNames.Encryption11 + "mgf1sha512"] = HashAlgorithmName.SHA512,
    };

    /// <summary>The bytes inside; one failure for all that may be wrong with them, since a sender who could tell which would learn the text bit by bit.</summary>
    public static byte[] Decrypt(XmlElement encrypted, IReadOnlyList<X509Certificate2> certificates)
    {
        var data = encrypted.Child(SamlNames.Encryption, "EncryptedData") ?? throw SamlErrors.Encryption();
        var algorithm = data.Child(SamlNames.Encryption, "EncryptionMethod")?.Value("Algorithm");
        var cipher = algorithm is not null && Ciphers.TryGetValue(algorithm, out var known) ? known : throw SamlErrors.Algorithm(algorithm);
        var keys = (data.Child(SamlNames.Signature, "KeyInfo")?.Children(SamlNames.Encryption, "EncryptedKey") ?? [])
            .Concat(encrypted.Children(SamlNames.Encryption, "EncryptedKey"))
            .Take(MaxKeys)
            .Select(key => (Bytes: CipherValue(key), Padding: Padding(key.Child(SamlNames.Encryption, "EncryptionMethod"))))
            .ToList();
        var bytes = CipherValue(data);
        foreach (var certificate in certificates)
        {
            foreach (var (wrapped, padding) in keys)
            {
                if (Unwrap(certificate, wrapped, padding, cipher.KeyBytes) is { } key)
                {
                    return Decrypt(key, bytes, cipher.Gcm) ?? throw SamlErrors.Encryption();
                }
            }
        }

        throw SamlErrors.Encryption();
    }

    private static byte[] CipherValue(XmlElement element) =>
        element.Child(SamlNames.Encryption, "CipherData")?.Child(SamlNames.Encryption, "CipherValue")?.Bytes() ?? throw SamlErrors.Encryption();

    private static RSAEncryptionPadding Padding(XmlElement? method)
    {
        var algorithm = method?.Value("Algorithm");
        var digest = Hash(method?.Child(SamlNames.Signature, "DigestMethod")?.Value("Algorithm"));
        var mask = algorithm switch
        {
            SamlNames.Encryption + "rsa-oaep-mgf1p" => HashAlgorithmName.SHA1,
            SamlNames.Encryption11 + "rsa-oaep" => Hash(method?.Child(SamlNames.Encryption11, "MGF")?.Value("Algorithm")),
            _ => throw SamlErrors.Algorithm(algorithm),
        };
        // The platform's OAEP takes one hash for both; providers that set either set both.
        return digest == mask ? RSAEncryptionPadding.CreateOaep(digest) : throw SamlErrors.Algorithm($"{algorithm} with digest {digest} and mask {mask}");
    }

    private static HashAlgorithmName Hash(string? algorithm) =>
        algorithm is null ? HashAlgorithmName.SHA1 : OaepHashes.TryGetValue(algorithm, out var hash) ? hash : throw SamlErrors.Algorithm(algorithm);

    private static byte[]? Unwrap(X509Certificate2 certificate, byte[] wrapped, RSAEncryptionPadding padding, int length)
    {
        using var rsa = certificate.GetRSAPrivateKey();
        try
        {
            return rsa?.Decrypt(wrapped, padding) is { } key && key.Length == length ? key : null;
        }
        catch (CryptographicException)
        {
            // Wrapped for another certificate, most likely the one before a rollover.
            return null;
        }
    }

    private static byte[]? Decrypt(byte[] key, byte[] bytes, bool gcm)
    {
        try
        {
            return gcm ? DecryptGcm(key, bytes) : DecryptCbc(key, bytes);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static byte[]? DecryptGcm(byte[] key, byte[] bytes)
    {
        if (bytes.Length < GcmNonce + GcmTag)
        {
            return null;
        }

        using var aes = new AesGcm(key, GcmTag);
        var plain = new byte[bytes.Length - GcmNonce - GcmTag];
        aes.Decrypt(bytes.AsSpan(0, GcmNonce), bytes.AsSpan(GcmNonce, plain.Length), bytes.AsSpan(bytes.Length - GcmTag), plain);
        return plain;
    }

    private static byte[]? DecryptCbc(byte[] key, byte[] bytes)
    {
        if (bytes.Length < 2 * CbcBlock)
        {
            return null;
        }

        using var aes = Aes.Create();
        aes.Key = key;
        return aes.DecryptCbc(bytes.AsSpan(CbcBlock), bytes.AsSpan(0, CbcBlock), PaddingMode.ISO10126);
    }
}
