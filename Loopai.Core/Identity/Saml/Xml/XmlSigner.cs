using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Xml;

namespace Loopai.Core.Identity.Saml.Xml;

/// <summary>Signs what the portal sends: RSA with SHA-256, enveloped, exclusive canonicalization, the certificate beside it.</summary>
internal static class XmlSigner
{
    /// <summary>Puts the signature after the Issuer, where the schema wants it.</summary>
    public static void Sign(XmlDocument document, X509Certificate2 certificate)
    {
        var root = document.DocumentElement!;
        using var key = certificate.GetRSAPrivateKey();
        var signed = new SignedXml(document) { SigningKey = key };
        signed.SignedInfo!.CanonicalizationMethod = SamlNames.ExclusiveCanonicalization;
        signed.SignedInfo.SignatureMethod = SignatureAlgorithms.RsaSha256;
        var reference = new Reference("#" + root.GetAttribute("ID")) { DigestMethod = SamlNames.Encryption + "sha256" };
        reference.AddTransform(new XmlDsigEnvelopedSignatureTransform());
        reference.AddTransform(new XmlDsigExcC14NTransform());
        signed.AddReference(reference);
        signed.KeyInfo.AddClause(new KeyInfoX509Data(certificate));
        signed.ComputeSignature();
        root.InsertAfter(document.ImportNode(signed.GetXml(), deep: true), root.Child(SamlNames.Assertion, "Issuer"));
    }
}
