using System.Text;
using System.Text.Json;
using Loopai.Core.Schemas.Values;
using System.Runtime.InteropServices;

namespace Loopai.Core.Schemas.Evaluation;

/// <summary>Shows a value in a message: enough to recognise it, never the whole of a large one.</summary>
internal static class Excerpt
{
    private const int Length = 60;

    /// <summary>The kind and the value: <c>string "abc"</c>, <c>number 12</c>, <c>object</c>.</summary>
    public static string WithKind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => $"string {Of(value)}",
        JsonValueKind.Number => $"number {Of(value)}",
        JsonValueKind.True or JsonValueKind.False => $"boolean {Of(value)}",
        _ => Of(value),
    };

    public static string Of(JsonElement value)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value);
        return raw.Length <= Length ? Encoding.UTF8.GetString(raw) : Shorten(raw);
    }

    public static string OfName(ReadOnlySpan<byte> rawName) =>
        rawName.Length <= Length ? $"\"{JsonText.Decode(rawName)}\"" : $"\"{Shorten(rawName)}\"";

    /// <summary>For a name whose escapes are resolved already.</summary>
    public static string OfText(ReadOnlySpan<byte> name) =>
        name.Length <= Length ? $"\"{Encoding.UTF8.GetString(name)}\"" : $"\"{Shorten(name)}\"";

    public static string OfList(IReadOnlyCollection<JsonElement> values)
    {
        const int shown = 8;
        var list = string.Join(", ", values.Take(shown).Select(Of));
        return values.Count <= shown ? list : $"{list} and {values.Count - shown} more";
    }

    private static string Shorten(ReadOnlySpan<byte> raw)
    {
        var end = Length;
        // Not in the middle of a character.
        while ((raw[end] & 0xC0) == 0x80)
        {
            end--;
        }

        return Encoding.UTF8.GetString(raw[..end]) + "…";
    }
}
