using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;

namespace Loopai.Core.Tasks.Import;

/// <summary>Finds what is valid JSON but no text that a database can keep: half of a surrogate pair, a NUL character, bytes that are not UTF-8.</summary>
internal static class StorableJson
{
    public static (string Pointer, string Message)? FaultOf(JsonElement value, string pointer)
    {
        // A raw NUL is no JSON, so without an escape there can be neither fault.
        var raw = JsonMarshal.GetRawUtf8Value(value);
        return raw.IndexOf("\\u"u8) < 0 && Utf8.IsValid(raw) ? null : Walk(value, pointer);
    }

    private static (string Pointer, string Message)? Walk(JsonElement value, string pointer)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                return FaultOf(value.GetString, pointer);
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in value.EnumerateArray())
                {
                    if (Walk(item, $"{pointer}/{index++}") is { } fault)
                    {
                        return fault;
                    }
                }

                return null;
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    if (FaultOf(() => member.Name, pointer) is { } nameFault)
                    {
                        return nameFault with { Message = "The name of a member: " + nameFault.Message };
                    }

                    if (Walk(member.Value, $"{pointer}/{member.Name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}") is { } fault)
                    {
                        return fault;
                    }
                }

                return null;
            default:
                return null;
        }
    }

    private static (string Pointer, string Message)? FaultOf(Func<string?> read, string pointer)
    {
        try
        {
            return read()?.Contains('\0', StringComparison.Ordinal) == true ? (pointer, "The text holds a NUL character (\\u0000), which cannot be stored.") : null;
        }
        catch (InvalidOperationException)
        {
            return (pointer, "The text is not valid Unicode: it holds half of a surrogate pair, or bytes that are not UTF-8.");
        }
    }
}
