using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Xml;
using Loopai.Core.Errors;
using Loopai.Core.Identity.Saml;
using Loopai.Core.Identity.Saml.Messages;
using Loopai.Core.Identity.Saml.Xml;

namespace Loopai.Portal.Tests.Identity.Saml;

/// <summary>Answers of an identity provider, honest ones and others, signed by the platform's own <c>SignedXml</c>.</summary>
internal static class GivenSaml
{
    public const string Issuer = "https://idp.example/saml";
    public const string Person = "ann@acme.example";
    public const string Attacker = "root@acme.example";
    public const string Request = "_request1";

    public static readonly DateTimeOffset Now = new(2026, 3, 14, 9, 26, 53, TimeSpan.Zero);
    public static readonly SamlAddresses Addresses = new("https://loopai.example", Guid.Parse("0198b1f0-0000-7000-8000-000000000001"));

    /// <summary>The connection's provider, and somebody else.</summary>
    public static readonly X509Certificate2 Trusted = Certificate("CN=idp");
    public static readonly X509Certificate2 Stranger = Certificate("CN=stranger");

    public static SamlSettings Settings => new()
    {
        EntityId = Issuer,
        SignOnUrl = "https://idp.example/sso",
        LogoutUrl = "https://idp.example/slo",
        Certificates = [Convert.ToBase64String(Trusted.RawData)],
    };

    public static SamlExpectation Expect(SamlSettings? settings = null, params X509Certificate2[] keys) =>
        new(settings ?? Settings, Addresses, keys, id => id == Request, Now);

    /// <summary>What the reader makes of the document.</summary>
    public static SamlAssertion Read(string xml, SamlSettings? settings = null, params X509Certificate2[] keys) =>
        SamlResponseReader.Read(xml, Expect(settings, keys));

    /// <summary>The code with which the reader refuses the document.</summary>
    public static string Refusal(string xml, SamlSettings? settings = null, params X509Certificate2[] keys) =>
        Should.Throw<InvalidException>(() => Read(xml, settings, keys)).Code;

    public static X509Certificate2 Certificate(string name)
    {
        using var rsa = RSA.Create(2048);
        return new CertificateRequest(name, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(Now.AddYears(-1), Now.AddYears(9));
    }

    /// <summary>The answer as a document, nothing in it signed.</summary>
    public static XmlDocument Unsigned(SamlAnswer? answer = null)
    {
        var a = answer ?? new SamlAnswer();
        var asked = a.InResponseTo is null ? "" : $" InResponseTo=\"{a.InResponseTo}\"";
        return Document($"""
            <samlp:Response xmlns:samlp="{SamlNames.Protocol}" xmlns:saml="{SamlNames.Assertion}" ID="_response" Version="2.0" IssueInstant="{Time(Now)}"
                            Destination="{a.Destination}"{asked}><saml:Issuer>{a.Issuer}</saml:Issuer>
              <samlp:Status><samlp:StatusCode Value="{a.Status}"/></samlp:Status>
              <saml:Assertion ID="_assertion" Version="2.0" IssueInstant="{Time(Now)}"><saml:Issuer>{a.Issuer}</saml:Issuer>
                <saml:Subject>
                  <saml:NameID Format="{SamlNames.EmailNameId}">{a.NameId}</saml:NameID>
                  <saml:SubjectConfirmation Method="{SamlNames.Bearer}"><saml:SubjectConfirmationData Recipient="{a.Recipient}" NotOnOrAfter="{Time(a.ConfirmedUntil)}"{asked}/></saml:SubjectConfirmation>
                </saml:Subject>
                <saml:Conditions NotBefore="{Time(a.NotBefore)}" NotOnOrAfter="{Time(a.NotOnOrAfter)}">
                  <saml:AudienceRestriction><saml:Audience>{a.Audience}</saml:Audience></saml:AudienceRestriction>
                </saml:Conditions>
                <saml:AuthnStatement AuthnInstant="{Time(Now)}" SessionIndex="_session"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>
                <saml:AttributeStatement>
                  <saml:Attribute Name="email"><saml:AttributeValue>{a.NameId}</saml:AttributeValue></saml:Attribute>
                  <saml:Attribute Name="groups"><saml:AttributeValue>Engineers</saml:AttributeValue><saml:AttributeValue>Admins</saml:AttributeValue></saml:Attribute>
                </saml:AttributeStatement>
              </saml:Assertion>
            </samlp:Response>
            """);
    }

    /// <summary>The answer with its assertion signed by the trusted provider.</summary>
    public static XmlDocument Signed(SamlAnswer? answer = null)
    {
        var document = Unsigned(answer);
        Sign(AssertionOf(document), Trusted);
        return document;
    }

    public static XmlDocument Document(string xml)
    {
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        document.LoadXml(xml);
        return document;
    }

    public static XmlElement AssertionOf(XmlDocument document) => (XmlElement)document.GetElementsByTagName("Assertion", SamlNames.Assertion)[0]!;

    public static XmlElement SignatureOf(XmlElement element) => element.ChildNodes.OfType<XmlElement>().Single(e => e.LocalName == "Signature");

    /// <summary>Signs the element in place, after its Issuer; <paramref name="shape"/> may add what an honest signer would not.</summary>
    public static void Sign(XmlElement element, X509Certificate2 certificate, Action<SignedXml>? shape = null, string? uri = null)
    {
        using var key = certificate.GetRSAPrivateKey();
        var signed = new SignedXml(element.OwnerDocument) { SigningKey = key };
        signed.SignedInfo!.CanonicalizationMethod = SignedXml.XmlDsigExcC14NTransformUrl;
        signed.SignedInfo.SignatureMethod = SignedXml.XmlDsigRSASHA256Url;
        var reference = new Reference(uri ?? "#" + element.GetAttribute("ID"));
        reference.AddTransform(new XmlDsigEnvelopedSignatureTransform());
        reference.AddTransform(new XmlDsigExcC14NTransform());
        signed.AddReference(reference);
        shape?.Invoke(signed);
        signed.ComputeSignature();
        element.InsertAfter(element.OwnerDocument.ImportNode(signed.GetXml(), deep: true), element.ChildNodes.OfType<XmlElement>().First());
    }

    public static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>What an answer says; by default it is in order.</summary>
internal sealed record SamlAnswer
{
    public string Issuer { get; init; } = GivenSaml.Issuer;

    public string NameId { get; init; } = GivenSaml.Person;

    public string Status { get; init; } = SamlNames.Success;

    public string Destination { get; init; } = GivenSaml.Addresses.AssertionConsumer;

    public string Recipient { get; init; } = GivenSaml.Addresses.AssertionConsumer;

    public string Audience { get; init; } = GivenSaml.Addresses.EntityId;

    public string? InResponseTo { get; init; } = GivenSaml.Request;

    public DateTimeOffset NotBefore { get; init; } = GivenSaml.Now.AddMinutes(-1);

    public DateTimeOffset NotOnOrAfter { get; init; } = GivenSaml.Now.AddMinutes(5);

    public DateTimeOffset ConfirmedUntil { get; init; } = GivenSaml.Now.AddMinutes(5);
}
