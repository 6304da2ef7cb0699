using Loopai.Core.Schemas.Patterns;

namespace Loopai.Core.Schemas.Formats;

/// <summary>
/// The formats that can be asserted. <c>hostname</c> and <c>idn-hostname</c> are not among them: the rules for
/// internationalized names need tables that .NET does not have.
/// </summary>
internal static class FormatChecks
{
    private static readonly Dictionary<string, FormatCheck> All = new(StringComparer.Ordinal)
    {
        ["date-time"] = DateTimeFormats.IsDateTime,
        ["date"] = DateTimeFormats.IsDate,
        ["time"] = DateTimeFormats.IsTime,
        ["duration"] = DateTimeFormats.IsDuration,
        ["email"] = text => EmailFormat.IsEmail(text, international: false),
        ["idn-email"] = text => EmailFormat.IsEmail(text, international: true),
        ["ipv4"] = AddressFormats.IsIPv4,
        ["ipv6"] = AddressFormats.IsIPv6,
        ["uuid"] = IsUuid,
        ["uri"] = text => UriFormats.IsUri(text, international: false),
        ["uri-reference"] = text => UriFormats.IsReference(text, international: false),
        ["iri"] = text => UriFormats.IsUri(text, international: true),
        ["iri-reference"] = text => UriFormats.IsReference(text, international: true),
        ["uri-template"] = UriTemplateFormat.IsTemplate,
        ["json-pointer"] = PointerFormats.IsPointer,
        ["relative-json-pointer"] = PointerFormats.IsRelativePointer,
        ["regex"] = text => PatternCompiler.IsPattern(text.ToString()),
    };

    public static FormatCheck? Find(string format) => All.GetValueOrDefault(format);

    private static bool IsUuid(ReadOnlySpan<char> text)
    {
        if (text.Length != 36)
        {
            return false;
        }

        for (var index = 0; index < text.Length; index++)
        {
            if (index is 8 or 13 or 18 or 23 ? text[index] != '-' : !char.IsAsciiHexDigit(text[index]))
            {
                return false;
            }
        }

        return true;
    }
}
