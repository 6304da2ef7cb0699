using System.Xml;
using Loopai.Core.Errors;
using Loopai.Core.Identity.Saml;
using Loopai.Core.Identity.Saml.Xml;
using static Loopai.Portal.Tests.Identity.Saml.GivenSaml;

namespace Loopai.Portal.Tests.Identity.Saml;

/// <summary>
/// The eight ways to move a signed element aside and put another in its place, as numbered by Somorovsky et al., "On Breaking SAML" (2012): the signature stays
/// good, and who reads the first assertion that comes along reads the attacker's.
/// </summary>
public sealed class SignatureWrappingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Read_SignatureWrapping_IsRefused(int variant) => Refusal(Wrap(variant).OuterXml, SettingsOf(variant)).ShouldBeOneOf("saml.structure", "saml.duplicate_id");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Verify_SignatureWrapping_NeverYieldsTheAttackersElement(int variant)
    {
        // Behind the structural check, the signature check alone holds as well.
        foreach (var element in Wrap(variant).Everything().Where(e => e.LocalName is "Response" or "Assertion"))
        {
            try
            {
                (XmlSignature.Verify(element, Settings.TrustedCertificates(), allowSha1: false)?.InnerText ?? "").ShouldNotContain(Attacker);
            }
            catch (InvalidException e)
            {
                e.Code.ShouldBeOneOf("saml.signature_reference", "saml.signature_form", "saml.digest_invalid");
            }
        }
    }

    private static SamlSettings SettingsOf(int variant) => Settings with { Demand = variant <= 2 ? SignatureDemand.Response : SignatureDemand.Assertion };

    private static XmlDocument Wrap(int variant)
    {
        var document = variant <= 2 ? Unsigned() : Signed();
        var root = document.DocumentElement!;
        if (variant <= 2)
        {
            Sign(root, Trusted);
        }

        var victim = variant <= 2 ? root : AssertionOf(document);
        var evil = Evil(victim);
        var signature = (XmlElement)SignatureOf(victim).CloneNode(deep: true);
        switch (variant)
        {
            case 1: // The attacker's response around the signature, which holds the signed response.
                signature.AppendChild(Bare(victim));
                evil.InsertAfter(signature, evil.FirstChild);
                document.ReplaceChild(evil, root);
                break;
            case 2: // The signed response beside the signature, in the attacker's response.
                evil.InsertAfter(signature, evil.FirstChild);
                evil.InsertBefore(Bare(victim), signature);
                document.ReplaceChild(evil, root);
                break;
            case 3: // The attacker's assertion before the signed one.
                root.InsertBefore(evil, victim);
                break;
            case 4: // The signed assertion within the attacker's.
                root.ReplaceChild(evil, victim);
                evil.AppendChild(victim);
                break;
            case 5: // The signature in the attacker's assertion, the signed one after it.
                var original = Bare(victim);
                root.ReplaceChild(evil, victim);
                evil.InsertAfter(signature, evil.FirstChild);
                root.AppendChild(original);
                break;
            case 6: // The signed assertion within its signature, within the attacker's assertion.
                signature.AppendChild(Bare(victim));
                root.ReplaceChild(evil, victim);
                evil.InsertAfter(signature, evil.FirstChild);
                break;
            case 7: // The attacker's assertion in the extensions, where a lax schema lets anything stand.
                var extensions = document.CreateElement("samlp", "Extensions", SamlNames.Protocol);
                extensions.AppendChild(evil);
                root.InsertBefore(extensions, root.FirstChild);
                break;
            case 8: // The signed assertion in an Object of the signature, within the attacker's assertion.
                var holder = document.CreateElement("Object", SamlNames.Signature);
                holder.AppendChild(Bare(victim));
                signature.AppendChild(holder);
                root.ReplaceChild(evil, victim);
                evil.InsertAfter(signature, evil.FirstChild);
                break;
        }

        // As it would travel: written and read again.
        return Document(document.OuterXml);
    }

    /// <summary>A copy that names the attacker, under another ID, without the signature.</summary>
    private static XmlElement Evil(XmlElement victim)
    {
        var evil = Bare(victim);
        evil.SetAttribute("ID", "_evil");
        evil.InnerXml = evil.InnerXml.Replace(Person, Attacker, StringComparison.Ordinal).Replace("\"_assertion\"", "\"_evil_assertion\"", StringComparison.Ordinal);
        return evil;
    }

    private static XmlElement Bare(XmlElement element)
    {
        var copy = (XmlElement)element.CloneNode(deep: true);
        copy.RemoveChild(SignatureOf(copy));
        return copy;
    }
}
