using System.Security.Cryptography.Xml;
using System.Xml;

namespace Loopai.Core.Identity.Saml.Xml;

/// <summary>Exclusive XML canonicalization 1.0 of one element, without comments: the bytes that a digest is taken of.</summary>
internal static class CanonicalXml
{
    private const string XmlnsNamespace = "http://www.w3.org/2000/xmlns/";

    /// <param name="element">The apex.</param>
    /// <param name="inclusivePrefixes">The PrefixList of <c>InclusiveNamespaces</c>, or null.</param>
    /// <param name="without">A child of the element to leave out: the enveloped signature.</param>
    public static byte[] Of(XmlElement element, string? inclusivePrefixes = null, XmlElement? without = null)
    {
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        var apex = (XmlElement)document.ImportNode(element, deep: true);
        document.AppendChild(apex);
        if (without is not null)
        {
            var index = element.ChildNodes.Cast<XmlNode>().TakeWhile(child => child != without).Count();
            apex.RemoveChild(apex.ChildNodes[index]!);
        }

        BringNamespacesAlong(element, apex);
        var transform = new XmlDsigExcC14NTransform(includeComments: false, inclusivePrefixes);
        transform.LoadInput(document);
        using var output = (Stream)transform.GetOutput(typeof(Stream));
        using var bytes = new MemoryStream();
        output.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>The declarations that were in scope where the element stood; the nearest one of a prefix holds.</summary>
    private static void BringNamespacesAlong(XmlElement element, XmlElement apex)
    {
        for (var above = element.ParentNode as XmlElement; above is not null; above = above.ParentNode as XmlElement)
        {
            foreach (var declaration in above.Attributes.OfType<XmlAttribute>().Where(a => a.NamespaceURI == XmlnsNamespace))
            {
                if (!apex.HasAttribute(declaration.LocalName, XmlnsNamespace))
                {
                    apex.SetAttributeNode((XmlAttribute)apex.OwnerDocument.ImportNode(declaration, deep: true));
                }
            }
        }
    }
}
