using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Loopai.Core.Schemas.Values;

/// <summary>
/// Reads strings of a JSON document from their raw bytes. System.Text.Json throws on lone surrogates and allocates
/// a string each time; neither is wanted where callers' input is checked.
/// </summary>
internal static class JsonText
{
    /// <summary>The bytes between the quotes, escapes untouched.</summary>
    public static ReadOnlySpan<byte> Raw(JsonElement text) => JsonMarshal.GetRawUtf8Value(text)[1..^1];

    /// <summary>The bytes between the quotes of a property's name, escapes untouched.</summary>
    public static ReadOnlySpan<byte> RawName(JsonProperty property) => JsonMarshal.GetRawUtf8PropertyName(property);

    public static bool HasEscapes(ReadOnlySpan<byte> raw) => raw.Contains((byte)'\\');

    /// <summary>The text with replacement characters where it is not well-formed.</summary>
    public static string Decode(ReadOnlySpan<byte> raw) =>
        HasEscapes(raw) ? Encoding.UTF8.GetString(Unescape(raw)) : Encoding.UTF8.GetString(raw);

    /// <summary>Whether the text, its escapes resolved, is this one.</summary>
    public static bool UnescapedEquals(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> text) =>
        HasEscapes(raw) ? text.SequenceEqual(Unescape(raw)) : text.SequenceEqual(raw);

    public static byte[] Unescape(ReadOnlySpan<byte> raw)
    {
        var buffer = new byte[raw.Length];
        return buffer[..Unescape(raw, buffer)];
    }

    /// <summary>Writes the text with its escapes resolved; the target needs no more room than the raw text.</summary>
    /// <remarks>A lone surrogate becomes the three bytes that UTF-8 would give it, so that different texts stay different.</remarks>
    public static int Unescape(ReadOnlySpan<byte> raw, Span<byte> target)
    {
        var written = 0;
        while (!raw.IsEmpty)
        {
            var plain = raw.IndexOf((byte)'\\');
            if (plain < 0)
            {
                plain = raw.Length;
            }

            raw[..plain].CopyTo(target[written..]);
            written += plain;
            raw = raw[plain..];
            if (!raw.IsEmpty)
            {
                raw = raw[ReadEscape(raw, out var codePoint)..];
                written += WriteCodePoint(codePoint, target[written..]);
            }
        }

        return written;
    }

    /// <summary>The length as JSON Schema counts it: in Unicode code points.</summary>
    public static int CountCodePoints(ReadOnlySpan<byte> raw)
    {
        var count = 0;
        while (!raw.IsEmpty)
        {
            if (raw[0] == (byte)'\\')
            {
                raw = raw[ReadEscape(raw, out _)..];
                count++;
                continue;
            }

            // Every byte that is not a continuation of another begins a code point.
            count += (raw[0] & 0xC0) == 0x80 ? 0 : 1;
            raw = raw[1..];
        }

        return count;
    }

    /// <summary>Resolves the text to UTF-16; the target needs no more room than the raw text has bytes.</summary>
    public static int ToChars(ReadOnlySpan<byte> raw, Span<char> target)
    {
        if (!HasEscapes(raw))
        {
            return Encoding.UTF8.GetChars(raw, target);
        }

        var rented = ArrayPool<byte>.Shared.Rent(raw.Length);
        var written = Encoding.UTF8.GetChars(rented.AsSpan(0, Unescape(raw, rented)), target);
        ArrayPool<byte>.Shared.Return(rented);
        return written;
    }

    private static int ReadEscape(ReadOnlySpan<byte> raw, out int codePoint)
    {
        if (raw[1] != (byte)'u')
        {
            codePoint = raw[1] switch
            {
                (byte)'b' => '\b',
                (byte)'f' => '\f',
                (byte)'n' => '\n',
                (byte)'r' => '\r',
                (byte)'t' => '\t',
                var itself => itself,
            };
            return 2;
        }

        codePoint = ReadUnit(raw);
        if (char.IsHighSurrogate((char)codePoint) && raw.Length >= 12 && raw[6] == (byte)'\\' && raw[7] == (byte)'u')
        {
            var low = ReadUnit(raw[6..]);
            if (char.IsLowSurrogate((char)low))
            {
                codePoint = char.ConvertToUtf32((char)codePoint, (char)low);
                return 12;
            }
        }

        return 6;
    }

    private static int ReadUnit(ReadOnlySpan<byte> escape)
    {
        Utf8Parser.TryParse(escape.Slice(2, 4), out int unit, out _, 'x');
        return unit;
    }

    private static int WriteCodePoint(int value, Span<byte> target)
    {
        switch (value)
        {
            case < 0x80:
                target[0] = (byte)value;
                return 1;
            case < 0x800:
                target[0] = (byte)(0xC0 | (value >> 6));
                target[1] = (byte)(0x80 | (value & 0x3F));
                return 2;
            case < 0x10000:
                target[0] = (byte)(0xE0 | (value >> 12));
                target[1] = (byte)(0x80 | ((value >> 6) & 0x3F));
                target[2] = (byte)(0x80 | (value & 0x3F));
                return 3;
            default:
                target[0] = (byte)(0xF0 | (value >> 18));
                target[1] = (byte)(0x80 | ((value >> 12) & 0x3F));
                target[2] = (byte)(0x80 | ((value >> 6) & 0x3F));
                target[3] = (byte)(0x80 | (value & 0x3F));
                return 4;
        }
    }
}
