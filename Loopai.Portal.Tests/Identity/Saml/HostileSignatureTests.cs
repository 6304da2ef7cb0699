using System.Security.Cryptography.Xml;
using System.Xml;
using Loopai.Core.Identity.Saml;
using Loopai.Core.Identity.Saml.Xml;
using static Loopai.Portal.Tests.Identity.Saml.GivenSaml;

namespace Loopai.Portal.Tests.Identity.Saml;

/// <summary>Each way in which a signature can be there and yet not be one to trust.</summary>
public sealed class HostileSignatureTests
{
    [Fact]
    public void Read_SignedAssertion_GivesWhoSignedIn()
    {
        var assertion = Read(Signed().OuterXml);

        assertion.NameId.ShouldBe(Person);
        assertion.SessionIndex.ShouldBe("_session");
        assertion.InResponseTo.ShouldBe(Request);
        assertion.Attributes.Single(a => a.Name == "groups").Values.ShouldBe(["Engineers", "Admins"]);
    }

    [Fact]
    public void Read_SignedResponse_IsEnoughWhereTheConnectionDemandsThat()
    {
        var document = Unsigned();
        Sign(document.DocumentElement!, Trusted);

        Read(document.OuterXml, Settings with { Demand = SignatureDemand.Response }).NameId.ShouldBe(Person);
        Read(document.OuterXml, Settings with { Demand = SignatureDemand.Either }).NameId.ShouldBe(Person);
        Refusal(document.OuterXml, Settings with { Demand = SignatureDemand.Assertion }).ShouldBe("saml.signature_missing");
        Refusal(document.OuterXml, Settings with { Demand = SignatureDemand.Both }).ShouldBe("saml.signature_missing");
    }

    [Fact]
    public void Read_BothSigned_SatisfiesEveryDemand()
    {
        var document = Signed();
        Sign(document.DocumentElement!, Trusted);

        foreach (var demand in Enum.GetValues<SignatureDemand>())
        {
            Read(document.OuterXml, Settings with { Demand = demand }).NameId.ShouldBe(Person);
        }
    }

    [Fact]
    public void Read_SecondCertificateOfTheConnection_IsTakenToo() =>
        Read(Signed().OuterXml, Settings with { Certificates = [Convert.ToBase64String(Stranger.RawData), Convert.ToBase64String(Trusted.RawData)] }).NameId.ShouldBe(Person);

    [Theory]
    [InlineData(SignatureDemand.Assertion)]
    [InlineData(SignatureDemand.Response)]
    [InlineData(SignatureDemand.Both)]
    [InlineData(SignatureDemand.Either)]
    public void Read_RemovedSignature_IsRefused(SignatureDemand demand)
    {
        var document = Signed();
        var assertion = AssertionOf(document);
        assertion.RemoveChild(SignatureOf(assertion));

        Refusal(document.OuterXml, Settings with { Demand = demand }).ShouldBe("saml.signature_missing");
    }

    [Fact]
    public void Read_OtherCertificate_IsRefused()
    {
        var document = Unsigned();
        Sign(AssertionOf(document), Stranger);

        Refusal(document.OuterXml).ShouldBe("saml.signature_invalid");
    }

    [Fact]
    public void Read_CertificateInKeyInfo_IsNeverBelieved()
    {
        var document = Unsigned();
        Sign(AssertionOf(document), Stranger, signed => signed.KeyInfo.AddClause(new KeyInfoX509Data(Stranger)));

        Refusal(document.OuterXml).ShouldBe("saml.signature_invalid");
    }

    [Fact]
    public void Read_OneByteChangedAfterwards_IsRefused() =>
        Refusal(Signed().OuterXml.Replace(Person, Attacker, StringComparison.Ordinal)).ShouldBe("saml.digest_invalid");

    [Fact]
    public void Read_DigestPutRightAfterwards_IsRefused()
    {
        var document = Signed(new SamlAnswer { NameId = Attacker });
        var honest = SignatureOf(AssertionOf(Signed())).GetElementsByTagName("SignatureValue")[0]!.InnerText;
        document.GetElementsByTagName("SignatureValue")[0]!.InnerText = honest;

        Refusal(document.OuterXml).ShouldBe("saml.signature_invalid");
    }

    [Fact]
    public void Read_CommentInDigestValue_ChangesNothing()
    {
        // The digest is read from what was signed, where the comment is not: the honest digest, which does not fit the changed assertion.
        var forged = Signed(new SamlAnswer { NameId = Attacker });
        var document = Signed();
        var digest = document.GetElementsByTagName("DigestValue")[0]!;
        var honest = digest.InnerText;
        digest.InnerXml = $"<!--{forged.GetElementsByTagName("DigestValue")[0]!.InnerText}-->{honest}";

        Refusal(document.OuterXml.Replace(Person, Attacker, StringComparison.Ordinal)).ShouldBe("saml.digest_invalid");
    }

    [Fact]
    public void Read_Sha1_IsTakenOnlyWhereAllowed()
    {
        var document = Unsigned();
        Sign(AssertionOf(document), Trusted, signed =>
        {
            signed.SignedInfo!.SignatureMethod = SignedXml.XmlDsigRSASHA1Url;
            ((Reference)signed.SignedInfo.References[0]!).DigestMethod = SignedXml.XmlDsigSHA1Url;
        });

        Refusal(document.OuterXml).ShouldBe("saml.sha1");
        Read(document.OuterXml, Settings with { AllowSha1 = true }).NameId.ShouldBe(Person);
    }

    [Fact]
    public void Read_Sha1DigestUnderSha256Signature_IsRefused()
    {
        var document = Unsigned();
        Sign(AssertionOf(document), Trusted, signed => ((Reference)signed.SignedInfo!.References[0]!).DigestMethod = SignedXml.XmlDsigSHA1Url);

        Refusal(document.OuterXml).ShouldBe("saml.sha1");
    }

    [Fact]
    public void Read_HmacKeyedWithThePublicCertificate_IsRefused()
    {
        var document = Signed();
        ((XmlElement)document.GetElementsByTagName("SignatureMethod")[0]!).SetAttribute("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256");

        Refusal(document.OuterXml).ShouldBe("saml.algorithm");
    }

    [Fact]
    public void Read_XsltTransform_IsRefused()
    {
        var document = Unsigned();
        Sign(AssertionOf(document), Trusted);
        Inject(document, """
            <ds:Transform xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116">
              <xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/"><xsl:value-of select="document('file:///etc/passwd')"/></xsl:template></xsl:stylesheet>
            </ds:Transform>
            """);

        // The signature fails first, since nobody but the provider could have signed this; no transform ever runs.
        Refusal(document.OuterXml).ShouldBe("saml.signature_invalid");
    }

    [Fact]
    public void Read_XPathTransformByTheProviderItself_IsRefused()
    {
        var document = Unsigned();
        Sign(AssertionOf(document), Trusted, signed => ((Reference)signed.SignedInfo!.References[0]!).AddTransform(XPath("not(ancestor-or-self::*[local-name()='Subject'])")));

        Refusal(document.OuterXml).ShouldBe("saml.signature_transforms");
    }

    [Fact]
    public void Read_InclusiveCanonicalization_IsRefused()
    {
        var document = Unsigned();
        Sign(AssertionOf(document), Trusted, signed => signed.SignedInfo!.CanonicalizationMethod = SignedXml.XmlDsigC14NTransformUrl);

        Refusal(document.OuterXml).ShouldBe("saml.algorithm");
    }

    [Fact]
    public void Read_SeveralReferences_AreRefused()
    {
        var document = Unsigned();
        Sign(AssertionOf(document), Trusted, signed =>
        {
            var second = new Reference("#_response");
            second.AddTransform(new XmlDsigEnvelopedSignatureTransform());
            signed.AddReference(second);
        });

        Refusal(document.OuterXml).ShouldBe("saml.signature_form");
    }

    [Fact]
    public void Read_EmptyReference_IsRefused()
    {
        var document = Unsigned();
        Sign(document.DocumentElement!, Trusted, uri: "");

        Refusal(document.OuterXml, Settings with { Demand = SignatureDemand.Response }).ShouldBe("saml.signature_reference");
    }

    [Fact]
    public void Read_EmptyReferenceToAnElementWithoutId_IsRefused()
    {
        // "#" + "" would fit an element whose ID is empty.
        var document = Signed();
        var assertion = AssertionOf(document);
        assertion.SetAttribute("ID", "");

        Refusal(document.OuterXml).ShouldBe("saml.signature_reference");
    }

    [Fact]
    public void Read_ReferenceByXPointer_IsRefused()
    {
        var document = Unsigned();
        Sign(AssertionOf(document), Trusted, uri: "#xpointer(/)");

        Refusal(document.OuterXml, Settings).ShouldBe("saml.signature_reference");
    }

    [Fact]
    public void Read_SignatureOverAnotherElement_IsRefused()
    {
        var document = Unsigned();
        var status = (XmlElement)document.GetElementsByTagName("Status", SamlNames.Protocol)[0]!;
        status.SetAttribute("ID", "_status");
        Sign(AssertionOf(document), Trusted, uri: "#_status");

        Refusal(document.OuterXml).ShouldBe("saml.signature_reference");
    }

    [Fact]
    public void Read_TwoSignaturesInOneElement_AreRefused()
    {
        var document = Signed();
        var assertion = AssertionOf(document);
        assertion.AppendChild(SignatureOf(assertion).CloneNode(deep: true));

        Refusal(document.OuterXml).ShouldBe("saml.signature_form");
    }

    [Fact]
    public void Read_SignatureDeepInTheSubject_IsRefused()
    {
        var document = Signed();
        var assertion = AssertionOf(document);
        assertion.GetElementsByTagName("Subject", SamlNames.Assertion)[0]!.AppendChild(SignatureOf(assertion));

        Refusal(document.OuterXml).ShouldBe("saml.signature_form");
    }

    private static XmlDsigXPathTransform XPath(string expression)
    {
        var holder = new XmlDocument();
        holder.LoadXml($"<XPath xmlns=\"{SamlNames.Signature}\">{expression}</XPath>");
        var transform = new XmlDsigXPathTransform();
        transform.LoadInnerXml(holder.ChildNodes);
        return transform;
    }

    private static void Inject(XmlDocument document, string transform)
    {
        var fragment = document.CreateDocumentFragment();
        fragment.InnerXml = transform;
        document.GetElementsByTagName("Transforms")[0]!.PrependChild(fragment);
    }
}
