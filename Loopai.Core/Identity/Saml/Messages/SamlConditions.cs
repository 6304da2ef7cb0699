using System.Globalization;
using System.Xml;
using Loopai.Core.Identity.Saml.Xml;
using Loopai.Core.Identity.SignOn;

namespace Loopai.Core.Identity.Saml.Messages;

/// <summary>Whether a verified assertion is meant for this portal, for this browser, and for now: SAML profiles 4.1.4.3.</summary>
internal static class SamlConditions
{
    /// <param name="response">The envelope; signed or not, a wrong word in it is reason to refuse.</param>
    /// <param name="responseIsSigned">A signed response has to say where it goes: bindings 3.5.5.2.</param>
    /// <param name="assertion">From signed bytes.</param>
    /// <param name="expected">What it is judged against.</param>
    /// <param name="checks">What was found to be right is added.</param>
    public static SamlAssertion Check(XmlElement response, bool responseIsSigned, XmlElement assertion, SamlExpectation expected, List<SignOnCheck> checks)
    {
        if (assertion.Value("Version") != "2.0" || assertion.Value("ID") is not { Length: > 0 } id)
        {
            throw SamlErrors.Structure("The assertion has no ID, or is not one of SAML 2.0.");
        }

        CheckIssuer(response, assertion, expected, checks);
        CheckDestination(response, responseIsSigned, expected, checks);
        var until = CheckWindow(assertion, expected, checks);
        CheckAudience(assertion, expected, checks);

        var subject = assertion.Child(SamlNames.Assertion, "Subject") ?? throw SamlErrors.Subject("It has no Subject.");
        var nameId = ReadNameId(subject);
        var (confirmedUntil, inResponseTo) = CheckConfirmation(subject, response, expected, checks);
        var statement = CheckSession(assertion, expected);
        return new SamlAssertion(
            id, nameId.Text(), nameId.Value("Format"), nameId.Value("NameQualifier"), nameId.Value("SPNameQualifier"), statement.Value("SessionIndex"), inResponseTo,
            statement.Child(SamlNames.Assertion, "AuthnContext")?.Child(SamlNames.Assertion, "AuthnContextClassRef")?.Text(),
            [.. ReadAttributes(assertion)], (until > confirmedUntil ? until : confirmedUntil) + expected.Settings.ClockSkew, checks);
    }

    private static void CheckIssuer(XmlElement response, XmlElement assertion, SamlExpectation expected, List<SignOnCheck> checks)
    {
        var issuer = assertion.Child(SamlNames.Assertion, "Issuer")?.Text();
        var envelope = response.Child(SamlNames.Assertion, "Issuer")?.Text();
        if (issuer != expected.Settings.EntityId || (envelope is not null && envelope != issuer))
        {
            throw SamlErrors.Issuer(issuer == expected.Settings.EntityId ? envelope : issuer);
        }

        checks.Passed("Issuer", $"'{issuer}'.");
    }

    private static void CheckDestination(XmlElement response, bool isSigned, SamlExpectation expected, List<SignOnCheck> checks)
    {
        var destination = response.Value("Destination");
        if (destination is null ? isSigned : destination != expected.Addresses.AssertionConsumer)
        {
            throw SamlErrors.Destination(destination);
        }

        if (destination is not null)
        {
            checks.Passed("Destination", "The reply URL of this connection.");
        }
    }

    private static DateTimeOffset CheckWindow(XmlElement assertion, SamlExpectation expected, List<SignOnCheck> checks)
    {
        var skew = expected.Settings.ClockSkew;
        if (SamlTime.Read(assertion, "IssueInstant") is not { } issued || issued > expected.Now + skew)
        {
            throw SamlErrors.NotYetValid();
        }

        var conditions = assertion.Child(SamlNames.Assertion, "Conditions") ?? throw SamlErrors.Audience();
        if (SamlTime.Read(conditions, "NotBefore") > expected.Now + skew)
        {
            throw SamlErrors.NotYetValid();
        }

        var until = SamlTime.Read(conditions, "NotOnOrAfter");
        if (until <= expected.Now - skew)
        {
            throw SamlErrors.Expired();
        }

        checks.Passed("Time", "Valid now, with the clock skew that this connection allows.");
        return until ?? expected.Now;
    }

    private static void CheckAudience(XmlElement assertion, SamlExpectation expected, List<SignOnCheck> checks)
    {
        var conditions = assertion.Child(SamlNames.Assertion, "Conditions")!.Children().ToList();
        var restrictions = conditions.Where(c => c.Is(SamlNames.Assertion, "AudienceRestriction")).ToList();
        if (restrictions.Count == 0
            || restrictions.Any(r => !r.Children(SamlNames.Assertion, "Audience").Any(a => a.Text() == expected.Addresses.EntityId)))
        {
            throw SamlErrors.Audience();
        }

        // A condition that is not understood makes the assertion's validity unknown: core 2.5.1.
        if (conditions.Any(c => c.NamespaceURI != SamlNames.Assertion || c.LocalName is not ("AudienceRestriction" or "OneTimeUse" or "ProxyRestriction")))
        {
            throw SamlErrors.Structure("It sets a condition that is not known here.");
        }

        checks.Passed("Audience", "The entity ID of this connection.");
    }

    private static XmlElement ReadNameId(XmlElement subject)
    {
        if (subject.Child(SamlNames.Assertion, "EncryptedID") is not null)
        {
            throw SamlErrors.Subject("Its NameID is encrypted by itself; let the identity provider encrypt the whole assertion instead.");
        }

        var names = subject.Children(SamlNames.Assertion, "NameID").ToList();
        return names.Count == 1 && names[0].Text().Length > 0 ? names[0] : throw SamlErrors.Subject("It has no NameID, or more than one.");
    }

    private static (DateTimeOffset Until, string? InResponseTo) CheckConfirmation(
        XmlElement subject, XmlElement response, SamlExpectation expected, List<SignOnCheck> checks)
    {
        var skew = expected.Settings.ClockSkew;
        var data = subject.Children(SamlNames.Assertion, "SubjectConfirmation")
            .Where(c => c.Value("Method") == SamlNames.Bearer)
            .Select(c => c.Child(SamlNames.Assertion, "SubjectConfirmationData"))
            .OfType<XmlElement>()
            .Where(d => d.Value("Recipient") == expected.Addresses.AssertionConsumer)
            .ToList();
        if (data.Count == 0)
        {
            throw SamlErrors.Recipient();
        }

        var current = data.Find(d => SamlTime.Read(d, "NotOnOrAfter") > expected.Now - skew && !(SamlTime.Read(d, "NotBefore") > expected.Now + skew))
            ?? throw SamlErrors.Expired();
        var inResponseTo = current.Value("InResponseTo");
        if (response.Value("InResponseTo") is { } envelope && envelope != inResponseTo)
        {
            throw SamlErrors.InResponseTo();
        }

        if (inResponseTo is null)
        {
            if (!expected.Settings.AllowUnsolicited)
            {
                throw SamlErrors.Unsolicited();
            }

            checks.Passed("Request", "None: begun at the identity provider, which this connection allows.");
        }
        else if (expected.IsOurRequest(inResponseTo))
        {
            checks.Passed("Request", "The one that this browser sent.");
        }
        else
        {
            throw SamlErrors.InResponseTo();
        }

        return (SamlTime.Read(current, "NotOnOrAfter")!.Value, inResponseTo);
    }

    private static XmlElement CheckSession(XmlElement assertion, SamlExpectation expected)
    {
        var statement = assertion.Child(SamlNames.Assertion, "AuthnStatement") ?? throw SamlErrors.Subject("It has no AuthnStatement: nobody signed in.");
        return SamlTime.Read(statement, "SessionNotOnOrAfter") <= expected.Now - expected.Settings.ClockSkew ? throw SamlErrors.Expired() : statement;
    }

    private static IEnumerable<SamlAttribute> ReadAttributes(XmlElement assertion) =>
        from statement in assertion.Children(SamlNames.Assertion, "AttributeStatement")
        from attribute in statement.Children(SamlNames.Assertion, "Attribute")
        let name = attribute.Value("Name")
        where name is not null
        select new SamlAttribute(
            name, attribute.Value("FriendlyName"),
            [.. attribute.Children(SamlNames.Assertion, "AttributeValue").Select(v => v.Text()).Where(v => v.Length > 0)]);
}

/// <summary>Notes what was found to be right.</summary>
internal static class SamlChecks
{
    public static void Passed(this List<SignOnCheck> checks, string name, string detail) => checks.Add(new SignOnCheck(name, Passed: true, detail));
}

/// <summary>SAML's times: xs:dateTime in UTC.</summary>
internal static class SamlTime
{
    /// <summary>Providers write the year 9999 for "never"; no clock skew may lead beyond what a time can hold.</summary>
    private static readonly DateTimeOffset Farthest = DateTimeOffset.MaxValue.AddYears(-1);

    /// <summary>The attribute's time, or null where it is absent.</summary>
    public static DateTimeOffset? Read(XmlElement element, string attribute)
    {
        if (element.Value(attribute) is not { } text)
        {
            return null;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time < Farthest ? time : Farthest
            : throw SamlErrors.Structure($"'{attribute}' is not a time.");
    }

    public static string Write(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
