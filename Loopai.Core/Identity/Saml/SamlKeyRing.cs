using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Loopai.Core.Identity.Saml.Metadata;

namespace Loopai.Core.Identity.Saml;

/// <summary>What a certificate of this service provider is for.</summary>
public enum SamlKeyUse
{
    Signing,
    Encryption,
}

/// <param name="Id">To name it by.</param>
/// <param name="Use">What it is for.</param>
/// <param name="Certificate">In base64; public.</param>
/// <param name="PrivateKey">PKCS #8 in base64; never leaves the portal.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Active">Whether it is the one that signs, or that the metadata gives out to encrypt for.</param>
internal sealed record SamlKey(Guid Id, SamlKeyUse Use, string Certificate, string PrivateKey, DateTimeOffset CreatedAt, bool Active)
{
    public static SamlKey Create(string name, SamlKeyUse use, bool active, DateTimeOffset now)
    {
        using var certificate = ServiceProviderCertificate.Create(name, use == SamlKeyUse.Encryption, now);
        using var key = certificate.GetRSAPrivateKey()!;
        return new SamlKey(
            Guid.CreateVersion7(), use, Convert.ToBase64String(certificate.RawData), Convert.ToBase64String(key.ExportPkcs8PrivateKey()), now, active);
    }

    public X509Certificate2 Open()
    {
        using var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(Convert.FromBase64String(PrivateKey), out _);
        using var certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(Certificate));
        return certificate.CopyWithPrivateKey(rsa);
    }
}

/// <summary>The keys of one connection: of each use one that is active, and during a rollover the next or the last beside it.</summary>
internal sealed record SamlKeyRing(IReadOnlyList<SamlKey> Keys)
{
    /// <summary>The name among the connection's secrets.</summary>
    public const string Secret = "samlKeys";

    public const int MaxOfUse = 2;

    public static SamlKeyRing Create(string name, DateTimeOffset now) =>
        new([SamlKey.Create(name, SamlKeyUse.Signing, active: true, now), SamlKey.Create(name, SamlKeyUse.Encryption, active: true, now)]);

    public static SamlKeyRing? Parse(string? json) => json is null ? null : new SamlKeyRing(JsonSerializer.Deserialize<SamlKey[]>(json)!);

    public string ToJson() => JsonSerializer.Serialize(Keys);

    public IEnumerable<SamlKey> Of(SamlKeyUse use) => Keys.Where(k => k.Use == use);

    public SamlKey Active(SamlKeyUse use) => Of(use).Single(k => k.Active);

    /// <summary>With the key made the active one of its use.</summary>
    public SamlKeyRing Activate(SamlKey key) => new([.. Keys.Select(k => k.Use == key.Use ? k with { Active = k.Id == key.Id } : k)]);
}

/// <summary>A certificate of this service provider as administrators see it.</summary>
/// <param name="Id">To name it by.</param>
/// <param name="Use">What it is for.</param>
/// <param name="Active">Whether it is in use, or waits to be.</param>
/// <param name="Pem">The certificate, to hand to the identity provider.</param>
/// <param name="Fingerprint">Its SHA-256, by which two people compare it.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When providers may stop taking it.</param>
public sealed record SamlCertificate(Guid Id, SamlKeyUse Use, bool Active, string Pem, string Fingerprint, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt)
{
    internal static SamlCertificate Of(SamlKey key)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(key.Certificate));
        return new SamlCertificate(
            key.Id, key.Use, key.Active, certificate.ExportCertificatePem(), certificate.GetCertHashString(HashAlgorithmName.SHA256), key.CreatedAt,
            new DateTimeOffset(certificate.NotAfter.ToUniversalTime(), TimeSpan.Zero));
    }
}
