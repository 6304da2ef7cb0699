using System.Security.Cryptography.X509Certificates;
using System.Xml.Linq;
using Loopai.Core.Identity.Saml.Xml;

namespace Loopai.Core.Identity.Saml.Metadata;

/// <summary>What this service provider publishes of one connection, for the identity provider to import.</summary>
internal static class ServiceProviderMetadata
{
    private static readonly XNamespace Md = SamlNames.Metadata;
    private static readonly XNamespace Ds = SamlNames.Signature;

    /// <param name="settings">Which signatures are demanded.</param>
    /// <param name="addresses">Where the service provider lives.</param>
    /// <param name="signing">Every certificate that messages may be signed with: two during a rollover.</param>
    /// <param name="encryption">The one to encrypt for.</param>
    public static string Write(SamlSettings settings, SamlAddresses addresses, IEnumerable<X509Certificate2> signing, X509Certificate2 encryption) =>
        new XDeclaration("1.0", "utf-8", null) + "\n" + new XElement(
            Md + "EntityDescriptor",
            new XAttribute(XNamespace.Xmlns + "md", Md),
            new XAttribute(XNamespace.Xmlns + "ds", Ds),
            new XAttribute("entityID", addresses.EntityId),
            new XElement(
                Md + "SPSSODescriptor",
                new XAttribute("AuthnRequestsSigned", settings.SignRequests),
                new XAttribute("WantAssertionsSigned", settings.Demand is SignatureDemand.Assertion or SignatureDemand.Both),
                new XAttribute("protocolSupportEnumeration", SamlNames.Protocol),
                signing.Select(c => KeyDescriptor("signing", c)),
                KeyDescriptor(
                    "encryption", encryption,
                    new XElement(Md + "EncryptionMethod", new XAttribute("Algorithm", SamlNames.Encryption11 + "aes256-gcm")),
                    new XElement(Md + "EncryptionMethod", new XAttribute("Algorithm", SamlNames.Encryption + "aes256-cbc")),
                    new XElement(Md + "EncryptionMethod", new XAttribute("Algorithm", SamlNames.Encryption + "rsa-oaep-mgf1p"))),
                Service("SingleLogoutService", SamlNames.RedirectBinding, addresses.Logout),
                Service("SingleLogoutService", SamlNames.PostBinding, addresses.Logout),
                settings.NameIdFormat is { } format ? new XElement(Md + "NameIDFormat", format) : null,
                Service("AssertionConsumerService", SamlNames.PostBinding, addresses.AssertionConsumer, new XAttribute("index", 0), new XAttribute("isDefault", true))));

    private static XElement KeyDescriptor(string use, X509Certificate2 certificate, params object[] methods) => new(
        Md + "KeyDescriptor",
        new XAttribute("use", use),
        new XElement(Ds + "KeyInfo", new XElement(Ds + "X509Data", new XElement(Ds + "X509Certificate", Convert.ToBase64String(certificate.RawData)))),
        methods);

    private static XElement Service(string name, string binding, string location, params object[] more) =>
        new(Md + name, new XAttribute("Binding", binding), new XAttribute("Location", location), more);
}
