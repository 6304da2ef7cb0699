using Loopai.Core.Identity.Saml.Xml;
using static Loopai.Portal.Tests.Identity.Saml.GivenSaml;

namespace Loopai.Portal.Tests.Identity.Saml;

/// <summary>Answers with a good signature that are meant for somebody else, for another time, or for nobody's question.</summary>
public sealed class ResponseConditionTests
{
    [Fact]
    public void Read_OtherIssuer_IsRefused() => Refusal(Signed(new SamlAnswer { Issuer = "https://other.example" }).OuterXml).ShouldBe("saml.issuer");

    [Fact]
    public void Read_OtherIssuerOfTheEnvelope_IsRefused()
    {
        var document = Signed();
        document.DocumentElement!.Child(SamlNames.Assertion, "Issuer")!.InnerText = "https://other.example";

        Refusal(document.OuterXml).ShouldBe("saml.issuer");
    }

    [Fact]
    public void Read_OtherAudience_IsRefused() => Refusal(Signed(new SamlAnswer { Audience = "https://other.example" }).OuterXml).ShouldBe("saml.audience");

    [Fact]
    public void Read_NoAudience_IsRefused()
    {
        var document = Unsigned();
        var conditions = AssertionOf(document).Child(SamlNames.Assertion, "Conditions")!;
        conditions.RemoveChild(conditions.Child(SamlNames.Assertion, "AudienceRestriction")!);
        Sign(AssertionOf(document), Trusted);

        Refusal(document.OuterXml).ShouldBe("saml.audience");
    }

    [Fact]
    public void Read_OtherRecipient_IsRefused() => Refusal(Signed(new SamlAnswer { Recipient = "https://other.example/acs" }).OuterXml).ShouldBe("saml.recipient");

    [Fact]
    public void Read_OtherDestination_IsRefused() => Refusal(Signed(new SamlAnswer { Destination = "https://other.example/acs" }).OuterXml).ShouldBe("saml.destination");

    [Fact]
    public void Read_SignedResponseWithoutDestination_IsRefused()
    {
        var document = Signed();
        document.DocumentElement!.RemoveAttribute("Destination");
        Sign(document.DocumentElement!, Trusted);

        Refusal(document.OuterXml).ShouldBe("saml.destination");
    }

    [Fact]
    public void Read_AnswerToAnotherBrowsersRequest_IsRefused() => Refusal(Signed(new SamlAnswer { InResponseTo = "_request2" }).OuterXml).ShouldBe("saml.in_response_to");

    [Fact]
    public void Read_EnvelopeOfAnotherRequestThanTheAssertion_IsRefused()
    {
        var document = Signed(new SamlAnswer { InResponseTo = null });
        document.DocumentElement!.SetAttribute("InResponseTo", Request);

        Refusal(document.OuterXml, Settings with { AllowUnsolicited = true }).ShouldBe("saml.in_response_to");
    }

    [Fact]
    public void Read_Unsolicited_IsTakenOnlyWhereAllowed()
    {
        var xml = Signed(new SamlAnswer { InResponseTo = null }).OuterXml;

        Refusal(xml).ShouldBe("saml.unsolicited");
        Read(xml, Settings with { AllowUnsolicited = true }).InResponseTo.ShouldBeNull();
    }

    [Fact]
    public void Read_Expired_IsRefused() => Refusal(Signed(new SamlAnswer { NotOnOrAfter = Now.AddMinutes(-3) }).OuterXml).ShouldBe("saml.expired");

    [Fact]
    public void Read_NeverExpires_IsTaken() =>
        Read(Signed(new SamlAnswer { NotOnOrAfter = DateTimeOffset.MaxValue, ConfirmedUntil = DateTimeOffset.MaxValue }).OuterXml).NameId.ShouldBe(Person);

    [Fact]
    public void Read_ConfirmationExpired_IsRefused() => Refusal(Signed(new SamlAnswer { ConfirmedUntil = Now.AddMinutes(-3) }).OuterXml).ShouldBe("saml.expired");

    [Fact]
    public void Read_NotYetValid_IsRefused() => Refusal(Signed(new SamlAnswer { NotBefore = Now.AddMinutes(3) }).OuterXml).ShouldBe("saml.not_yet_valid");

    [Fact]
    public void Read_WithinTheClockSkew_IsTaken() =>
        Read(Signed(new SamlAnswer { NotBefore = Now.AddSeconds(100), NotOnOrAfter = Now.AddSeconds(-100), ConfirmedUntil = Now.AddSeconds(-100) }).OuterXml).NameId.ShouldBe(Person);

    [Fact]
    public void Read_HolderOfKeyInsteadOfBearer_IsRefused()
    {
        var document = Unsigned();
        var confirmation = AssertionOf(document).Child(SamlNames.Assertion, "Subject")!.Child(SamlNames.Assertion, "SubjectConfirmation")!;
        confirmation.SetAttribute("Method", "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key");
        Sign(AssertionOf(document), Trusted);

        Refusal(document.OuterXml).ShouldBe("saml.recipient");
    }

    [Fact]
    public void Read_NoAuthnStatement_IsRefused()
    {
        var document = Unsigned();
        var assertion = AssertionOf(document);
        assertion.RemoveChild(assertion.Child(SamlNames.Assertion, "AuthnStatement")!);
        Sign(assertion, Trusted);

        Refusal(document.OuterXml).ShouldBe("saml.subject");
    }

    [Fact]
    public void Read_UnknownCondition_IsRefused()
    {
        var document = Unsigned();
        AssertionOf(document).Child(SamlNames.Assertion, "Conditions")!.AppendChild(document.CreateElement("saml", "Condition", SamlNames.Assertion));
        Sign(AssertionOf(document), Trusted);

        Refusal(document.OuterXml).ShouldBe("saml.structure");
    }
}
