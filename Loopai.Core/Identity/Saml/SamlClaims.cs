using Loopai.Core.Identity.Saml.Messages;
using Loopai.Core.Identity.Saml.Xml;
using Loopai.Core.Identity.SignOn;

namespace Loopai.Core.Identity.Saml;

/// <summary>From a verified assertion to an identity. Where the connection names no attribute, the names that the usual providers send are tried.</summary>
internal static class SamlClaims
{
    public const string NameId = "NameID";
    public const string AuthnContext = "AuthnContextClassRef";

    private const string Soap = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/";
    private const string Microsoft = "http://schemas.microsoft.com/";

    private static readonly string[] Email = ["email", "mail", "emailAddress", Soap + "emailaddress", "urn:oid:0.9.2342.19200300.100.1.3", "urn:oid:1.2.840.113549.1.9.1"];
    private static readonly string[] Name = ["displayName", "name", Microsoft + "identity/claims/displayname", "urn:oid:2.16.840.1.113730.3.1.241", "cn", "urn:oid:2.5.4.3"];
    private static readonly string[] Given = ["firstName", "givenName", Soap + "givenname", "urn:oid:2.5.4.42"];
    private static readonly string[] Family = ["lastName", "surname", "sn", Soap + "surname", "urn:oid:2.5.4.4"];
    private static readonly string[] Groups = ["groups", "group", "memberOf", Microsoft + "ws/2008/06/identity/claims/groups", "http://schemas.xmlsoap.org/claims/Group", "Role"];

    public static ExternalIdentity Read(SamlSettings settings, SamlAssertion assertion)
    {
        if (assertion.NameIdFormat == SamlNames.TransientNameId)
        {
            throw SamlErrors.Subject("Its NameID is transient, another one at each sign-in. Let the identity provider send a persistent one or the e-mail address.");
        }

        if (assertion.NameId.Length > SignOnLink.MaxSubjectLength)
        {
            throw SamlErrors.Subject($"Its NameID has more than {SignOnLink.MaxSubjectLength} characters.");
        }

        var email = One(assertion, settings.EmailAttribute, Email)
            ?? (settings.EmailAttribute is null && EmailDomain.Of(assertion.NameId) is not null ? assertion.NameId : null);
        var name = One(assertion, settings.NameAttribute, Name)
            ?? string.Join(' ', new[] { One(assertion, null, Given), One(assertion, null, Family) }.OfType<string>());
        return new ExternalIdentity(
            assertion.NameId, email,
            // The provider is the organization's own, and an address counts only within a domain that the organization has verified.
            EmailVerified: true,
            name.Length > 0 ? name : null,
            [.. Values(assertion, settings.GroupsAttribute, Groups).Distinct(StringComparer.Ordinal)],
            [.. Claims(assertion)],
            assertion.SessionIndex);
    }

    private static IEnumerable<ExternalClaim> Claims(SamlAssertion assertion) =>
    [
        new(NameId, assertion.NameId),
        .. assertion.AuthnContext is { } context ? [new ExternalClaim(AuthnContext, context)] : Array.Empty<ExternalClaim>(),
        .. assertion.Attributes.SelectMany(a => a.Values.Select(v => new ExternalClaim(a.Name, v))),
    ];

    private static string? One(SamlAssertion assertion, string? configured, string[] usual) => Values(assertion, configured, usual).FirstOrDefault();

    /// <summary>The values of the first of the names that the assertion has.</summary>
    private static IReadOnlyList<string> Values(SamlAssertion assertion, string? configured, string[] usual) => (configured is null ? usual : [configured])
        .Select(name => assertion.Attributes.FirstOrDefault(a => Called(a, name, configured is null))?.Values)
        .FirstOrDefault(values => values is { Count: > 0 }) ?? [];

    /// <summary>A name that an administrator wrote down is meant exactly; a usual one is known in any case, and by its friendly name.</summary>
    private static bool Called(SamlAttribute attribute, string name, bool usual) => usual
        ? attribute.Name.Equals(name, StringComparison.OrdinalIgnoreCase) || string.Equals(attribute.FriendlyName, name, StringComparison.OrdinalIgnoreCase)
        : attribute.Name == name;
}
