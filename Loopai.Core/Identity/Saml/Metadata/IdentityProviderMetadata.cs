using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Xml;
using Loopai.Core.Identity.Saml.Xml;

namespace Loopai.Core.Identity.Saml.Metadata;

/// <summary>Reads what an identity provider publishes of itself.</summary>
public static class IdentityProviderMetadata
{
    private const int MinRsaBits = 2048;
    private const int MaxCertificates = 20;

    /// <summary>The settings with what the metadata says put in; what it says nothing about stays.</summary>
    /// <exception cref="Errors.InvalidException">It is no metadata of one SAML 2.0 identity provider.</exception>
    public static SamlSettings Import(string xml, SamlSettings settings)
    {
        var (entity, provider) = FindProvider(HardenedXml.Read(xml, HardenedXml.MaxMetadata));
        var signOn = Endpoint(provider, "SingleSignOnService")
            ?? throw SamlErrors.Metadata("This identity provider takes sign-in requests neither by redirect nor by POST.");
        var logout = Endpoint(provider, "SingleLogoutService");
        return settings with
        {
            EntityId = entity.Value("entityID") is { Length: > 0 } id ? id : throw SamlErrors.Metadata("The metadata has no entity ID."),
            SignOnUrl = signOn.Location,
            SignOnBinding = signOn.Binding,
            LogoutUrl = logout?.Location,
            LogoutResponseUrl = logout?.ResponseLocation,
            LogoutBinding = logout?.Binding ?? settings.LogoutBinding,
            Certificates = Certificates(provider),
            SignRequests = settings.SignRequests || provider.Value("WantAuthnRequestsSigned") is "true" or "1",
        };
    }

    /// <summary>A certificate as an administrator pastes it: PEM, or its base64 alone. Answers the base64 of its bytes.</summary>
    public static string Certificate(string text)
    {
        try
        {
            var body = text.Contains("-----BEGIN", StringComparison.Ordinal)
                ? X509Certificate2.CreateFromPem(text).RawData
                : Convert.FromBase64String(text);
            using var certificate = X509CertificateLoader.LoadCertificate(body);
            return HasStrongKey(certificate)
                ? Convert.ToBase64String(body)
                : throw SamlErrors.Certificate($"The certificate '{certificate.Subject}' has an RSA key below {MinRsaBits} bits, or another kind of key than RSA and ECDSA.");
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            throw SamlErrors.Certificate("This is not a certificate. Paste it as PEM or base64, as the identity provider offers it for download.");
        }
    }

    private static bool HasStrongKey(X509Certificate2 certificate)
    {
        using var rsa = certificate.GetRSAPublicKey();
        using var ecdsa = certificate.GetECDsaPublicKey();
        return rsa?.KeySize >= MinRsaBits || ecdsa is not null;
    }

    private static (XmlElement Entity, XmlElement Provider) FindProvider(XmlDocument document)
    {
        var found = document.Everything()
            .Where(e => e.Is(SamlNames.Metadata, "IDPSSODescriptor") && e.ParentNode is XmlElement parent && parent.Is(SamlNames.Metadata, "EntityDescriptor"))
            .Where(e => e.Value("protocolSupportEnumeration")?.Split(' ').Contains(SamlNames.Protocol) == true)
            .ToList();
        return found.Count switch
        {
            1 => ((XmlElement)found[0].ParentNode!, found[0]),
            0 => throw SamlErrors.Metadata("This is not the metadata of a SAML 2.0 identity provider. Take the one that describes the provider, not an application."),
            _ => throw SamlErrors.Metadata($"The metadata describes {found.Count} identity providers. Import that of one."),
        };
    }

    private static ServiceEndpoint? Endpoint(XmlElement provider, string name) => provider.Children(SamlNames.Metadata, name)
        .Select(e => (Element: e, Binding: e.Value("Binding")))
        .Where(e => e.Binding is SamlNames.RedirectBinding or SamlNames.PostBinding && IsAddress(e.Element.Value("Location")))
        // Redirect first: it needs no page in between.
        .OrderBy(e => e.Binding == SamlNames.PostBinding)
        .Select(e => new ServiceEndpoint(
            e.Element.Value("Location")!,
            IsAddress(e.Element.Value("ResponseLocation")) ? e.Element.Value("ResponseLocation") : null,
            e.Binding == SamlNames.PostBinding ? SamlBinding.Post : SamlBinding.Redirect))
        .FirstOrDefault();

    internal static bool IsAddress(string? text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp);

    private static List<string> Certificates(XmlElement provider)
    {
        var found = provider.Children(SamlNames.Metadata, "KeyDescriptor")
            .Where(k => k.Value("use") is null or "signing")
            .SelectMany(k => k.Children(SamlNames.Signature, "KeyInfo"))
            .SelectMany(k => k.Children(SamlNames.Signature, "X509Data"))
            .SelectMany(x => x.Children(SamlNames.Signature, "X509Certificate"))
            .Select(c => Certificate(c.Text()))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return found.Count is > 0 and <= MaxCertificates ? found : throw SamlErrors.Metadata("The metadata has no signing certificate, or too many.");
    }

    private sealed record ServiceEndpoint(string Location, string? ResponseLocation, SamlBinding Binding);
}
