using Loopai.Core.Identity.SignOn;

namespace Loopai.Core.Identity.Saml.Messages;

/// <summary>Who signed in, read from signed bytes only.</summary>
/// <param name="Id">The assertion's ID: used once.</param>
/// <param name="NameId">The subject.</param>
/// <param name="NameIdFormat">What kind of name that is.</param>
/// <param name="NameQualifier">Its qualifiers, which a logout request has to repeat.</param>
/// <param name="SpNameQualifier">The other of the two.</param>
/// <param name="SessionIndex">The provider's session, for logout.</param>
/// <param name="InResponseTo">The request that this answers; null when nobody asked.</param>
/// <param name="AuthnContext">How the provider says it was sure: a class reference.</param>
/// <param name="Attributes">All attributes, in their order.</param>
/// <param name="ValidUntil">After this nobody would take it any more, so that its ID may be forgotten.</param>
/// <param name="Checks">What was looked at, in words, for the connection's test.</param>
public sealed record SamlAssertion(
    string Id, string NameId, string? NameIdFormat, string? NameQualifier, string? SpNameQualifier, string? SessionIndex, string? InResponseTo,
    string? AuthnContext, IReadOnlyList<SamlAttribute> Attributes, DateTimeOffset ValidUntil, IReadOnlyList<SignOnCheck> Checks);

/// <param name="Name">As the provider calls it: often a URI.</param>
/// <param name="FriendlyName">Its short name, where it has one.</param>
/// <param name="Values">Its values, as text.</param>
public sealed record SamlAttribute(string Name, string? FriendlyName, IReadOnlyList<string> Values);
