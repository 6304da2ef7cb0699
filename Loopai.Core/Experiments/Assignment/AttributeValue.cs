using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Loopai.Core.Experiments.Assignment;

/// <summary>Reads what a condition compares from a request's attributes, without making strings of it.</summary>
internal static class AttributeValue
{
    /// <summary>Characters of a text that are compared on the stack; a longer one becomes a string first.</summary>
    public const int StackChars = 512;

    /// <summary>The attribute at a path of property names; undefined where there is none.</summary>
    public static JsonElement At(JsonElement attributes, byte[][] path)
    {
        foreach (var name in path)
        {
            if (attributes.ValueKind != JsonValueKind.Object || !attributes.TryGetProperty(name, out attributes))
            {
                return default;
            }
        }

        return attributes;
    }

    public static bool IsMissing(JsonElement value) => value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    /// <summary>A text's characters, unescaped, in <paramref name="buffer"/> where they fit.</summary>
    public static ReadOnlySpan<char> Text(JsonElement value, Span<char> buffer)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value)[1..^1];
        return raw.Length > buffer.Length || raw.Contains((byte)'\\') ? value.GetString() : buffer[..Encoding.UTF8.GetChars(raw, buffer)];
    }

    /// <summary>The number that the value is or spells.</summary>
    public static bool TryNumber(JsonElement value, out double number)
    {
        number = 0;
        if (value.ValueKind == JsonValueKind.Number)
        {
            return value.TryGetDouble(out number) && double.IsFinite(number);
        }

        Span<char> buffer = stackalloc char[StackChars];
        return value.ValueKind == JsonValueKind.String
            && double.TryParse(Text(value, buffer), NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
    }

    /// <summary>What a person would call on: an empty text, 0 and false are not.</summary>
    public static bool IsOn(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.False => false,
        JsonValueKind.String => !value.ValueEquals(default(ReadOnlySpan<byte>)),
        JsonValueKind.Number => !value.TryGetDouble(out var number) || number != 0,
        JsonValueKind.True or JsonValueKind.Array or JsonValueKind.Object => true,
        JsonValueKind.Undefined or JsonValueKind.Null or _ => false,
    };
}
