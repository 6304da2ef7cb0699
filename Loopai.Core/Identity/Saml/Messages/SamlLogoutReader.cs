using System.Xml;
using Loopai.Core.Identity.Saml.Xml;

namespace Loopai.Core.Identity.Saml.Messages;

/// <summary>What a verified logout message says: a request of the provider's, or its answer to ours.</summary>
internal static class SamlLogoutReader
{
    /// <summary>How old a message may be that sets itself no end.</summary>
    private static readonly TimeSpan LongestAge = TimeSpan.FromMinutes(10);

    public static SamlLogoutRequest ReadRequest(XmlElement message, SamlExpectation expected)
    {
        CheckEnvelope(message, "LogoutRequest", expected);
        var until = SamlTime.Read(message, "NotOnOrAfter");
        if (until <= expected.Now - expected.Settings.ClockSkew)
        {
            throw SamlErrors.Expired();
        }

        var names = message.Children(SamlNames.Assertion, "NameID").ToList();
        if (names.Count != 1 || names[0].Text().Length == 0)
        {
            throw SamlErrors.Subject("It has no NameID, or more than one.");
        }

        return new SamlLogoutRequest(
            message.GetAttribute("ID"), names[0].Text(), [.. message.Children(SamlNames.Protocol, "SessionIndex").Select(s => s.Text())],
            (until ?? expected.Now + LongestAge) + expected.Settings.ClockSkew);
    }

    /// <summary>The ID of our request, and whether the provider ended everything.</summary>
    public static (string InResponseTo, bool Complete) ReadResponse(XmlElement message, SamlExpectation expected)
    {
        CheckEnvelope(message, "LogoutResponse", expected);
        if (message.Value("InResponseTo") is not { } request || !expected.IsOurRequest(request))
        {
            throw SamlErrors.InResponseTo();
        }

        return (request, message.Child(SamlNames.Protocol, "Status")?.Child(SamlNames.Protocol, "StatusCode")?.Value("Value") == SamlNames.Success);
    }

    private static void CheckEnvelope(XmlElement message, string name, SamlExpectation expected)
    {
        if (!message.Is(SamlNames.Protocol, name) || message.Value("Version") != "2.0" || string.IsNullOrEmpty(message.Value("ID")))
        {
            throw SamlErrors.Structure($"A SAML 2.0 {name} was expected.");
        }

        var issuer = message.Child(SamlNames.Assertion, "Issuer")?.Text();
        if (issuer != expected.Settings.EntityId)
        {
            throw SamlErrors.Issuer(issuer);
        }

        if (message.Value("Destination") != expected.Addresses.Logout)
        {
            throw SamlErrors.Destination(message.Value("Destination"));
        }

        var issued = SamlTime.Read(message, "IssueInstant") ?? throw SamlErrors.Structure("It has no IssueInstant.");
        if (issued > expected.Now + expected.Settings.ClockSkew)
        {
            throw SamlErrors.NotYetValid();
        }

        if (issued <= expected.Now - LongestAge - expected.Settings.ClockSkew)
        {
            throw SamlErrors.Expired();
        }
    }
}

/// <param name="Id">To be used once, and answered by.</param>
/// <param name="NameId">Whose sessions end.</param>
/// <param name="SessionIndexes">Which of them; none means all.</param>
/// <param name="ValidUntil">When the ID may be forgotten.</param>
internal sealed record SamlLogoutRequest(string Id, string NameId, IReadOnlyList<string> SessionIndexes, DateTimeOffset ValidUntil);
