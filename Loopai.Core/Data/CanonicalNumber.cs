using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Loopai.Core.Data;

/// <summary>One text for every way of writing the same JSON number: <c>1</c>, <c>1.0</c> and <c>10e-1</c> are <c>1</c>; <c>-0</c> is <c>0</c>.</summary>
internal static class CanonicalNumber
{
    /// <summary>Beyond this many zeros a number is written with an exponent.</summary>
    private const int MostZeros = 20;

    public static void Write(ReadOnlySpan<byte> raw, IBufferWriter<byte> output)
    {
        var negative = raw[0] == '-';
        var unsigned = negative ? raw[1..] : raw;
        var mark = unsigned.IndexOfAny((byte)'e', (byte)'E');
        var mantissa = mark < 0 ? unsigned : unsigned[..mark];
        if (!TryReadExponent(mark < 0 ? [] : unsigned[(mark + 1)..], out var exponent))
        {
            // An exponent of more than eighteen digits: nobody computes with it, and as it was written it is at least equal to itself.
            output.Write(raw);
            return;
        }

        var point = mantissa.IndexOf((byte)'.');
        var fraction = point < 0 ? [] : mantissa[(point + 1)..];
        byte[] all = [.. point < 0 ? mantissa : mantissa[..point], .. fraction];
        var digits = all.AsSpan().TrimStart((byte)'0');
        var significant = digits.TrimEnd((byte)'0');
        if (significant.IsEmpty)
        {
            output.Write("0"u8);
            return;
        }

        output.Write(negative ? "-"u8 : []);
        WriteScaled(significant, exponent - fraction.Length + (digits.Length - significant.Length), output);
    }

    /// <summary>Writes digits × 10^scale.</summary>
    private static void WriteScaled(ReadOnlySpan<byte> digits, long scale, IBufferWriter<byte> output)
    {
        if (scale is >= 0 and <= MostZeros)
        {
            output.Write(digits);
            WriteZeros((int)scale, output);
        }
        else if (scale < 0 && -scale < digits.Length)
        {
            var whole = digits.Length + (int)scale;
            output.Write(digits[..whole]);
            output.Write("."u8);
            output.Write(digits[whole..]);
        }
        else if (scale < 0 && -scale - digits.Length <= MostZeros)
        {
            output.Write("0."u8);
            WriteZeros((int)(-scale - digits.Length), output);
            output.Write(digits);
        }
        else
        {
            output.Write(digits);
            output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"e{scale}")));
        }
    }

    private static void WriteZeros(int count, IBufferWriter<byte> output)
    {
        var zeros = output.GetSpan(count + 1)[..count];
        zeros.Fill((byte)'0');
        output.Advance(count);
    }

    private static bool TryReadExponent(ReadOnlySpan<byte> text, out long exponent)
    {
        exponent = 0;
        var digits = text.TrimStart("+-"u8);
        var significant = digits.TrimStart((byte)'0');
        if (significant.IsEmpty)
        {
            return true;
        }

        if (significant.Length > 18 || !Utf8Parser.TryParse(significant, out exponent, out _))
        {
            return false;
        }

        exponent = text[0] == '-' ? -exponent : exponent;
        return true;
    }
}
