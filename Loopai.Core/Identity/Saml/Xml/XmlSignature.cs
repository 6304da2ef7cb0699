using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Xml;

namespace Loopai.Core.Identity.Saml.Xml;

/// <summary>
/// Checks the enveloped signature of one SAML element, as SAML core 5.4 profiles XML Signature. The digest is compared here rather than in
/// <c>SignedXml</c>, so that the very bytes it was taken of can be read afterwards: what a caller gets is not the document that came, but a new one made of the
/// canonical bytes that were signed. What the signature does not cover is not in it, and a comment that would cut a text in two is gone.
/// </summary>
internal static class XmlSignature
{
    /// <summary>The element as it was signed, or null where it has no signature of its own.</summary>
    /// <exception cref="Errors.InvalidException">There is a signature, and it is not one to trust.</exception>
    public static XmlElement? Verify(XmlElement element, IReadOnlyList<X509Certificate2> certificates, bool allowSha1)
    {
        var signatures = element.Children(SamlNames.Signature, "Signature").ToList();
        if (signatures.Count == 0)
        {
            return null;
        }

        if (signatures.Count > 1)
        {
            throw SamlErrors.SignatureForm("An element has more than one signature.");
        }

        var signature = signatures[0];
        var signedInfo = VerifySignedInfo(signature, certificates, allowSha1);
        var bytes = Dereference(signedInfo, element, signature, allowSha1);
        return HardenedXml.Read(bytes).DocumentElement;
    }

    /// <summary>SignedInfo read again from its canonical bytes, once these are known to be signed by a configured key.</summary>
    private static XmlElement VerifySignedInfo(XmlElement signature, IReadOnlyList<X509Certificate2> certificates, bool allowSha1)
    {
        var parts = signature.Children().ToList();
        if (parts.Count is < 2 or > 3 || !parts[0].Is(SamlNames.Signature, "SignedInfo") || !parts[1].Is(SamlNames.Signature, "SignatureValue")
            || (parts.Count == 3 && !parts[2].Is(SamlNames.Signature, "KeyInfo")))
        {
            throw SamlErrors.SignatureForm("A signature has other parts than SignedInfo, SignatureValue and KeyInfo.");
        }

        var bytes = CanonicalXml.Of(parts[0], InclusivePrefixes(parts[0].Child(SamlNames.Signature, "CanonicalizationMethod")));
        var signedInfo = HardenedXml.Read(bytes).DocumentElement!;
        var children = signedInfo.Children().ToList();
        if (children.Count != 3 || !children[0].Is(SamlNames.Signature, "CanonicalizationMethod") || !children[1].Is(SamlNames.Signature, "SignatureMethod")
            || !children[2].Is(SamlNames.Signature, "Reference"))
        {
            throw SamlErrors.SignatureForm("A signature must have exactly one Reference.");
        }

        if (children[0].Value("Algorithm") != SamlNames.ExclusiveCanonicalization)
        {
            throw SamlErrors.Algorithm(children[0].Value("Algorithm"));
        }

        var value = parts[1].Bytes() ?? throw SamlErrors.SignatureForm("The signature's value is not base64.");
        return SignatureAlgorithms.Verify(children[1].Value("Algorithm"), bytes, value, certificates, allowSha1)
            ? signedInfo
            : throw SamlErrors.SignatureInvalid();
    }

    /// <summary>The bytes that the one Reference covers; it must name the element that carries the signature and nothing else.</summary>
    private static byte[] Dereference(XmlElement signedInfo, XmlElement element, XmlElement signature, bool allowSha1)
    {
        var reference = signedInfo.Child(SamlNames.Signature, "Reference")!;
        var id = element.Value("ID");
        if (string.IsNullOrEmpty(id) || reference.Value("URI") != "#" + id)
        {
            throw SamlErrors.SignatureReference();
        }

        var parts = reference.Children().ToList();
        if (parts.Count != 3 || !parts[0].Is(SamlNames.Signature, "Transforms") || !parts[1].Is(SamlNames.Signature, "DigestMethod")
            || !parts[2].Is(SamlNames.Signature, "DigestValue"))
        {
            throw SamlErrors.SignatureForm("A Reference has other parts than Transforms, DigestMethod and DigestValue.");
        }

        var transforms = parts[0].Children().ToList();
        if (transforms.Count != 2 || transforms[0].Value("Algorithm") != SamlNames.EnvelopedSignature
            || transforms[1].Value("Algorithm") != SamlNames.ExclusiveCanonicalization || transforms[0].HasChildNodes
            || transforms.Any(t => !t.Is(SamlNames.Signature, "Transform")))
        {
            throw SamlErrors.Transforms();
        }

        var bytes = CanonicalXml.Of(element, InclusivePrefixes(transforms[1]), signature);
        var digest = SignatureAlgorithms.Digest(parts[1].Value("Algorithm"), bytes, allowSha1);
        return parts[2].Bytes() is { } expected && CryptographicOperations.FixedTimeEquals(digest, expected) ? bytes : throw SamlErrors.DigestInvalid();
    }

    private static string? InclusivePrefixes(XmlElement? method) =>
        method?.Child(SamlNames.ExclusiveCanonicalization, "InclusiveNamespaces")?.Value("PrefixList");
}
