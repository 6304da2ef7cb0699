using System.Xml;

namespace Loopai.Core.Identity.Saml.Xml;

/// <summary>Walking an element's children by name, which says what it means where XPath would say where it looks.</summary>
internal static class XmlElements
{
    public static bool Is(this XmlNode node, string ns, string name) => node is XmlElement && node.LocalName == name && node.NamespaceURI == ns;

    public static IEnumerable<XmlElement> Children(this XmlElement element) => element.ChildNodes.OfType<XmlElement>();

    public static IEnumerable<XmlElement> Children(this XmlElement element, string ns, string name) => element.Children().Where(c => c.Is(ns, name));

    /// <summary>The first child of that name, or null.</summary>
    public static XmlElement? Child(this XmlElement element, string ns, string name) => element.Children(ns, name).FirstOrDefault();

    public static IEnumerable<XmlElement> Everything(this XmlDocument document) => document.SelectNodes("//*")!.OfType<XmlElement>();

    /// <summary>The attribute without a namespace, or null where it is absent.</summary>
    public static string? Value(this XmlElement element, string attribute) => element.HasAttribute(attribute, "") ? element.GetAttribute(attribute, "") : null;

    /// <summary>The whole text, whatever comments or sections it is cut into, without the space around it.</summary>
    public static string Text(this XmlElement element) => element.InnerText.Trim();

    /// <summary>Bytes in base64, or null where the text is none.</summary>
    public static byte[]? Bytes(this XmlElement element)
    {
        try
        {
            return Convert.FromBase64String(element.InnerText);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
