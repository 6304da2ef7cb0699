using System.Security.Cryptography.X509Certificates;
using System.Xml;
using Loopai.Core.Errors;
using Loopai.Core.Identity.Saml.Xml;
using Loopai.Core.Identity.SignOn;

namespace Loopai.Core.Identity.Saml.Messages;

/// <summary>
/// From a posted Response to an assertion to believe. A Response with anything but one assertion, directly below its root, is refused before a signature is
/// looked at; afterwards only what a verified signature covers is read (<see cref="XmlSignature"/>). So a signed element moved elsewhere, or a second one beside
/// it, never becomes the one that is read.
/// </summary>
public static class SamlResponseReader
{
    /// <summary>Which request a Response says it answers. Not verified: good for nothing but to look the request up.</summary>
    internal static string? RequestOf(string xml) => HardenedXml.Read(xml).DocumentElement!.Value("InResponseTo");

    /// <summary>The verified assertion.</summary>
    /// <exception cref="InvalidException">The message is not to be believed; its code says why.</exception>
    public static SamlAssertion Read(string xml, SamlExpectation expected)
    {
        var checks = new List<SignOnCheck>();
        var document = HardenedXml.Read(xml);
        HardenedXml.RefuseDuplicateIds(document);
        var response = document.DocumentElement!;
        if (!response.Is(SamlNames.Protocol, "Response") || response.Value("Version") != "2.0")
        {
            throw SamlErrors.Structure("A SAML 2.0 Response was expected.");
        }

        RequireSuccess(response);
        var carrier = TheOneAssertion(document);
        RefuseStraySignatures(document, response, carrier);

        var certificates = expected.Settings.TrustedCertificates();
        var signedResponse = XmlSignature.Verify(response, certificates, expected.Settings.AllowSha1);
        if (signedResponse is not null)
        {
            checks.Passed("Response signature", "Made by a certificate of this connection.");
        }
        else if (expected.Settings.Demand is SignatureDemand.Response or SignatureDemand.Both)
        {
            throw SamlErrors.SignatureMissing("response");
        }

        var assertion = carrier.LocalName == "Assertion"
            ? ReadPlain(carrier, signedResponse, certificates, expected, checks)
            : ReadEncrypted(carrier, signedResponse, certificates, expected, checks);
        return SamlConditions.Check(signedResponse ?? response, signedResponse is not null, assertion, expected, checks);
    }

    private static void RequireSuccess(XmlElement response)
    {
        var status = response.Child(SamlNames.Protocol, "Status") ?? throw SamlErrors.Structure("The Response has no Status.");
        var code = status.Child(SamlNames.Protocol, "StatusCode");
        if (code?.Value("Value") != SamlNames.Success)
        {
            // The second level says more than "Responder": AuthnFailed, RequestDenied.
            var inner = code?.Child(SamlNames.Protocol, "StatusCode")?.Value("Value");
            throw SamlErrors.Status(inner ?? code?.Value("Value") ?? "no status", status.Child(SamlNames.Protocol, "StatusMessage")?.Text());
        }
    }

    private static XmlElement TheOneAssertion(XmlDocument document)
    {
        var all = document.Everything().Where(e => e.Is(SamlNames.Assertion, "Assertion") || e.Is(SamlNames.Assertion, "EncryptedAssertion")).ToList();
        return all.Count == 1 && all[0].ParentNode == document.DocumentElement
            ? all[0]
            : throw SamlErrors.Structure("A Response must have exactly one assertion, directly within it.");
    }

    private static void RefuseStraySignatures(XmlDocument document, XmlElement response, XmlElement carrier)
    {
        if (document.Everything().Any(e => e.Is(SamlNames.Signature, "Signature") && e.ParentNode != response && e.ParentNode != carrier))
        {
            throw SamlErrors.SignatureForm("A signature stands where none belongs.");
        }
    }

    private static XmlElement ReadPlain(
        XmlElement assertion, XmlElement? signedResponse, IReadOnlyList<X509Certificate2> certificates, SamlExpectation expected, List<SignOnCheck> checks)
    {
        if (expected.Settings.DemandEncryption)
        {
            throw SamlErrors.EncryptionMissing();
        }

        return Covered(XmlSignature.Verify(assertion, certificates, expected.Settings.AllowSha1), signedResponse?.Child(SamlNames.Assertion, "Assertion"), expected, checks);
    }

    private static XmlElement ReadEncrypted(
        XmlElement carrier, XmlElement? signedResponse, IReadOnlyList<X509Certificate2> certificates, SamlExpectation expected, List<SignOnCheck> checks)
    {
        // What is decrypted comes out of the signed bytes where there are such.
        var encrypted = signedResponse?.Child(SamlNames.Assertion, "EncryptedAssertion") ?? carrier;
        var bytes = XmlDecryption.Decrypt(encrypted, expected.DecryptionKeys);
        try
        {
            var document = HardenedXml.Read(bytes);
            HardenedXml.RefuseDuplicateIds(document);
            var assertion = TheOneDecrypted(document);
            checks.Passed("Encryption", "The assertion is encrypted for this connection.");
            return Covered(
                XmlSignature.Verify(assertion, certificates, expected.Settings.AllowSha1), signedResponse is null ? null : assertion, expected, checks);
        }
        catch (InvalidException) when (signedResponse is null)
        {
            // CBC has no integrity of its own: whether garbled text failed here or there must not be told to whoever garbled it.
            throw SamlErrors.Encryption();
        }
    }

    private static XmlElement TheOneDecrypted(XmlDocument document)
    {
        var root = document.DocumentElement!;
        var others = document.Everything().Where(e => e != root && (e.Is(SamlNames.Assertion, "Assertion") || e.Is(SamlNames.Assertion, "EncryptedAssertion")));
        if (!root.Is(SamlNames.Assertion, "Assertion") || others.Any())
        {
            throw SamlErrors.Structure("What was encrypted is not one assertion.");
        }

        RefuseStraySignatures(document, root, root);
        return root;
    }

    /// <summary>The assertion by its own signature, or else by the response's, as the connection demands.</summary>
    private static XmlElement Covered(XmlElement? signed, XmlElement? withinSignedResponse, SamlExpectation expected, List<SignOnCheck> checks)
    {
        if (signed is not null)
        {
            checks.Passed("Assertion signature", "Made by a certificate of this connection.");
        }
        else if (expected.Settings.Demand is SignatureDemand.Assertion or SignatureDemand.Both)
        {
            throw SamlErrors.SignatureMissing("assertion");
        }

        return signed ?? withinSignedResponse ?? throw SamlErrors.SignatureMissing("message");
    }
}
