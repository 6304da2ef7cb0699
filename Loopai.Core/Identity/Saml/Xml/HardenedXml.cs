using System.Text;
using System.Xml;

namespace Loopai.Core.Identity.Saml.Xml;

/// <summary>
/// Reads XML that a stranger sent: no document type, so no entities; no processing instructions; bounded in size and depth. Depth is counted before
/// the document is built, because canonicalization walks it recursively.
/// </summary>
internal static class HardenedXml
{
    /// <summary>A response with hundreds of groups stays well below.</summary>
    public const int MaxMessage = 512 * 1024;

    /// <summary>Metadata of a federation's provider lists services and certificates of years.</summary>
    public const int MaxMetadata = 1024 * 1024;

    private const int MaxDepth = 48;

    /// <summary>Namespace declarations among them. Canonicalization looks each one up among the others, and runs before any signature is known to be good.</summary>
    private const int MaxAttributes = 64;

    /// <summary>Bytes that are not UTF-8 are refused rather than replaced.</summary>
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static XmlDocument Read(ReadOnlySpan<byte> utf8, int maxLength = MaxMessage)
    {
        try
        {
            return Read(Utf8.GetString(utf8), maxLength);
        }
        catch (DecoderFallbackException)
        {
            throw SamlErrors.Malformed("It is not UTF-8.");
        }
    }

    public static XmlDocument Read(string xml, int maxLength = MaxMessage)
    {
        xml = xml.TrimStart('\uFEFF');
        if (xml.Length > maxLength)
        {
            throw SamlErrors.TooLarge($"It has more than {maxLength / 1024} kB.");
        }

        // The reader prohibits it too; here it gets a name of its own.
        if (xml.Contains("<!DOCTYPE", StringComparison.Ordinal))
        {
            throw SamlErrors.DocumentType();
        }

        try
        {
            Inspect(xml, maxLength);
            var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
            using var reader = Reader(xml, maxLength);
            document.Load(reader);
            return document;
        }
        catch (XmlException e)
        {
            throw SamlErrors.Malformed($"Line {e.LineNumber}, column {e.LinePosition} is not well-formed XML.");
        }
    }

    /// <summary>Refuses a document in which two elements have one ID: which of them a reference means would be anybody's guess.</summary>
    public static void RefuseDuplicateIds(XmlDocument document)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var ids = document.Everything()
            .SelectMany(element => element.Attributes.OfType<XmlAttribute>())
            .Where(attribute => attribute.LocalName.Equals("id", StringComparison.OrdinalIgnoreCase));
        if (ids.Any(id => !seen.Add(id.Value)))
        {
            throw SamlErrors.DuplicateId();
        }
    }

    private static void Inspect(string xml, int maxLength)
    {
        using var reader = Reader(xml, maxLength);
        while (reader.Read())
        {
            if (reader.Depth > MaxDepth)
            {
                throw SamlErrors.TooLarge($"Its elements are nested more than {MaxDepth} deep.");
            }

            if (reader.AttributeCount > MaxAttributes)
            {
                throw SamlErrors.TooLarge($"An element has more than {MaxAttributes} attributes.");
            }

            if (reader.NodeType == XmlNodeType.ProcessingInstruction)
            {
                throw SamlErrors.Malformed("It has a processing instruction.");
            }
        }
    }

    private static XmlReader Reader(string xml, int maxLength) => XmlReader.Create(new StringReader(xml), new XmlReaderSettings
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = maxLength,
    });
}
