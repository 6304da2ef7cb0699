using System.Security.Cryptography;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using Loopai.Core.Identity.Saml.Xml;
using Loopai.Core.Identity.SignOn;

namespace Loopai.Core.Identity.Saml.Messages;

/// <summary>The messages that this service provider sends, unsigned: the binding signs them.</summary>
internal static class SamlRequests
{
    private static readonly XNamespace Protocol = SamlNames.Protocol;
    private static readonly XNamespace Assertion = SamlNames.Assertion;

    /// <summary>An ID that cannot be guessed, and that an NCName may be.</summary>
    public static string NewId() => "_" + RandomNumberGenerator.GetHexString(32, lowercase: true);

    public static XmlDocument SignOn(string id, SamlSettings settings, SamlAddresses addresses, bool forceAuthn, DateTimeOffset now) => Document(
        "AuthnRequest", id, settings.SignOnUrl, addresses, now,
        new XAttribute("AssertionConsumerServiceURL", addresses.AssertionConsumer),
        new XAttribute("ProtocolBinding", SamlNames.PostBinding),
        forceAuthn ? new XAttribute("ForceAuthn", "true") : null,
        new XElement(
            Protocol + "NameIDPolicy",
            new XAttribute("AllowCreate", "true"),
            settings.NameIdFormat is { } format ? new XAttribute("Format", format) : null));

    public static XmlDocument Logout(string id, SamlSubject subject, SamlSettings settings, SamlAddresses addresses, DateTimeOffset now) => Document(
        "LogoutRequest", id, settings.LogoutUrl!, addresses, now,
        new XAttribute("NotOnOrAfter", SamlTime.Write(now.AddMinutes(5))),
        new XElement(
            Assertion + "NameID",
            subject.Format is null ? null : new XAttribute("Format", subject.Format),
            subject.NameQualifier is null ? null : new XAttribute("NameQualifier", subject.NameQualifier),
            subject.SpNameQualifier is null ? null : new XAttribute("SPNameQualifier", subject.SpNameQualifier),
            subject.NameId),
        subject.SessionIndex is null ? null : new XElement(Protocol + "SessionIndex", subject.SessionIndex));

    public static XmlDocument LogoutResponse(string inResponseTo, bool complete, SamlSettings settings, SamlAddresses addresses, DateTimeOffset now) => Document(
        "LogoutResponse", NewId(), settings.LogoutResponseUrl ?? settings.LogoutUrl!, addresses, now,
        new XAttribute("InResponseTo", inResponseTo),
        new XElement(
            Protocol + "Status", new XElement(Protocol + "StatusCode", new XAttribute("Value", complete ? SamlNames.Success : SamlNames.PartialLogout))));

    private static XmlDocument Document(string name, string id, string destination, SamlAddresses addresses, DateTimeOffset now, params object?[] content)
    {
        var root = new XElement(
            Protocol + name,
            new XAttribute(XNamespace.Xmlns + "samlp", Protocol),
            new XAttribute(XNamespace.Xmlns + "saml", Assertion),
            new XAttribute("ID", id),
            new XAttribute("Version", "2.0"),
            new XAttribute("IssueInstant", SamlTime.Write(now)),
            new XAttribute("Destination", destination),
            content.OfType<XAttribute>(),
            new XElement(Assertion + "Issuer", addresses.EntityId),
            content.OfType<XElement>());
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        using var reader = root.CreateReader();
        document.Load(reader);
        return document;
    }
}

/// <summary>Who is signed in at the provider, as a logout message names them.</summary>
public sealed record SamlSubject(string NameId, string? Format, string? NameQualifier, string? SpNameQualifier, string? SessionIndex)
{
    /// <summary>As it is kept with the link until the logout.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, SignOnJson.Options);

    public static SamlSubject Parse(string json) => JsonSerializer.Deserialize<SamlSubject>(json, SignOnJson.Options)!;
}
