using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Loopai.Core.Data;

/// <summary>
/// One text for every way of writing the same JSON value: no white space, members sorted by name (UTF-16 order, as RFC 8785), the last of
/// members with the same name, numbers by value. Unlike RFC 8785 numbers keep all their digits, so that two big integers stay two.
/// </summary>
public static class CanonicalJson
{
    /// <summary>SHA-256 of the canonical text.</summary>
    public static byte[] Hash(JsonElement value)
    {
        var text = new ArrayBufferWriter<byte>(256);
        Write(value, text);
        return SHA256.HashData(text.WrittenSpan);
    }

    /// <summary>SHA-256 of the canonical text of a JSON text.</summary>
    public static byte[] Hash(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Hash(document.RootElement);
    }

    /// <summary>The canonical text.</summary>
    public static string Text(JsonElement value)
    {
        var text = new ArrayBufferWriter<byte>(256);
        Write(value, text);
        return System.Text.Encoding.UTF8.GetString(text.WrittenSpan);
    }

    /// <summary>Writes the canonical text as UTF-8.</summary>
    public static void Write(JsonElement value, IBufferWriter<byte> output)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(value, output);
                break;
            case JsonValueKind.Array:
                WriteArray(value, output);
                break;
            case JsonValueKind.String:
                WriteString(StringOf(value), JsonMarshal.GetRawUtf8Value(value), output);
                break;
            case JsonValueKind.Number:
                CanonicalNumber.Write(JsonMarshal.GetRawUtf8Value(value), output);
                break;
            case JsonValueKind.True:
                output.Write("true"u8);
                break;
            case JsonValueKind.False:
                output.Write("false"u8);
                break;
            case JsonValueKind.Null:
                output.Write("null"u8);
                break;
            case JsonValueKind.Undefined:
            default:
                throw new ArgumentException("There is no JSON value here.", nameof(value));
        }
    }

    private static void WriteObject(JsonElement value, IBufferWriter<byte> output)
    {
        var members = new SortedDictionary<string, JsonProperty>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            members[NameOf(member)] = member;
        }

        output.Write("{"u8);
        var first = true;
        foreach (var (_, member) in members)
        {
            output.Write(first ? [] : ","u8);
            first = false;
            WriteString(NameOrNull(member), JsonMarshal.GetRawUtf8PropertyName(member), output);
            output.Write(":"u8);
            Write(member.Value, output);
        }

        output.Write("}"u8);
    }

    private static void WriteArray(JsonElement value, IBufferWriter<byte> output)
    {
        output.Write("["u8);
        var first = true;
        foreach (var item in value.EnumerateArray())
        {
            output.Write(first ? [] : ","u8);
            first = false;
            Write(item, output);
        }

        output.Write("]"u8);
    }

    /// <summary>Half of a surrogate pair is valid JSON but no text; such a string stands for itself as it was written.</summary>
    private static void WriteString(string? text, ReadOnlySpan<byte> raw, IBufferWriter<byte> output)
    {
        output.Write("\""u8);
        output.Write(text is null ? raw.Trim((byte)'"') : JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        output.Write("\""u8);
    }

    private static string NameOf(JsonProperty member) =>
        NameOrNull(member) ?? System.Text.Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName(member));

    private static string? NameOrNull(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string? StringOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
