using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Loopai.Core.Programs.Models;

/// <summary>Reads a JSON string as classified code points straight from its raw bytes, without making a <see cref="string"/>.</summary>
internal static class JsonText
{
    /// <summary>Fills <paramref name="text"/> with the string's first code points as <see cref="CharacterRules.Classify"/> gives them.</summary>
    /// <returns>How many were written: what does not fit is left out, which bounds the work on a huge input.</returns>
    public static int Read(JsonElement element, Span<int> text)
    {
        var raw = JsonMarshal.GetRawUtf8Value(element);
        return Classify(raw[1..^1], text);
    }

    /// <summary>Fills <paramref name="text"/> from the inside of a JSON string literal.</summary>
    public static int Classify(ReadOnlySpan<byte> raw, Span<int> text)
    {
        var count = 0;
        var at = 0;
        while (at < raw.Length && count < text.Length)
        {
            var code = raw[at];
            if (code < 128 && code != '\\')
            {
                at++;
                text[count++] = CharacterRules.Classify(code);
            }
            else
            {
                text[count++] = CharacterRules.Classify(code == '\\' ? Unescape(raw, ref at) : Decode(raw, ref at));
            }
        }

        return count;
    }

    private static int Decode(ReadOnlySpan<byte> raw, ref int at)
    {
        Rune.DecodeFromUtf8(raw[at..], out var rune, out var consumed);
        at += consumed;
        return rune.Value;
    }

    private static int Unescape(ReadOnlySpan<byte> raw, ref int at)
    {
        var kind = at + 1 < raw.Length ? raw[at + 1] : (byte)'\\';
        at += 2;
        switch (kind)
        {
            case (byte)'n': return '\n';
            case (byte)'t': return '\t';
            case (byte)'r': return '\r';
            case (byte)'b': return '\b';
            case (byte)'f': return '\f';
            case (byte)'u': break;
            default: return kind;
        }

        var unit = Hex(raw, at);
        at += 4;
        if (unit is >= 0xD800 and < 0xDC00 && at + 6 <= raw.Length && raw[at] == '\\' && raw[at + 1] == 'u')
        {
            var low = Hex(raw, at + 2);
            if (low is >= 0xDC00 and < 0xE000)
            {
                at += 6;
                return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
            }
        }

        return unit is >= 0xD800 and < 0xE000 ? 0xFFFD : unit;
    }

    private static int Hex(ReadOnlySpan<byte> raw, int at)
    {
        var value = 0;
        for (var i = at; i < at + 4 && i < raw.Length; i++)
        {
            var digit = raw[i];
            value = (value << 4) | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }

        return value;
    }
}
