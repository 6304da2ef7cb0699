using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Loopai.Core.Schemas.Values;

/// <summary>
/// A JSON number read exactly, whatever its size: its significant digits where they stand in the document, and the power of
/// ten of the first and the last of them. Neither double nor decimal holds 1e308, 0.1 and 123456789012345678901234567890 at once.
/// </summary>
internal readonly ref struct JsonNumber
{
    // Beyond this an exponent only has to be larger than every other; it keeps the sums below from overflowing.
    private const long ExponentLimit = 1_000_000_000_000;

    // From the first to the last digit that is not zero, possibly with a point between them. Empty for zero.
    private readonly ReadOnlySpan<byte> _significant;

    private JsonNumber(bool isNegative, ReadOnlySpan<byte> significant, long lastPower, long firstPower)
    {
        IsNegative = isNegative;
        _significant = significant;
        LastPower = lastPower;
        FirstPower = firstPower;
    }

    public bool IsNegative { get; }

    public bool IsZero => _significant.IsEmpty;

    public bool IsInteger => IsZero || LastPower >= 0;

    /// <summary>The digits read as an integer, times ten to this power, are the number.</summary>
    public long LastPower { get; }

    private long FirstPower { get; }

    public static JsonNumber Of(JsonElement number) => Parse(JsonMarshal.GetRawUtf8Value(number));

    /// <param name="raw">A number in JSON's grammar.</param>
    public static JsonNumber Parse(ReadOnlySpan<byte> raw)
    {
        var negative = raw[0] == (byte)'-';
        if (negative)
        {
            raw = raw[1..];
        }

        long exponent = 0;
        var e = raw.IndexOfAny((byte)'e', (byte)'E');
        if (e >= 0)
        {
            exponent = ParseExponent(raw[(e + 1)..]);
            raw = raw[..e];
        }

        var first = raw.IndexOfAnyExcept((byte)'0', (byte)'.');
        if (first < 0)
        {
            return default;
        }

        var last = raw.LastIndexOfAnyExcept((byte)'0', (byte)'.');
        var point = raw.IndexOf((byte)'.');
        if (point < 0)
        {
            point = raw.Length;
        }

        return new JsonNumber(negative, raw[first..(last + 1)], Power(last, point) + exponent, Power(first, point) + exponent);

        static long Power(int digit, int point) => digit < point ? point - digit - 1 : point - digit;
    }

    public static int Compare(JsonNumber left, JsonNumber right)
    {
        if (left.IsZero || right.IsZero || left.IsNegative != right.IsNegative)
        {
            return left.Sign - right.Sign;
        }

        var magnitude = left.FirstPower != right.FirstPower
            ? left.FirstPower.CompareTo(right.FirstPower)
            : CompareDigits(left._significant, right._significant);
        return left.IsNegative ? -magnitude : magnitude;
    }

    /// <summary>The same for numbers that are equal, such as 1, 1.0 and 10e-1.</summary>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(FirstPower);
        hash.Add(IsNegative);
        foreach (var digit in Digits)
        {
            hash.Add(digit);
        }

        return hash.ToHashCode();
    }

    /// <summary>The significant digits, 0 to 9.</summary>
    public DigitEnumerator Digits => new(_significant);

    private int Sign => IsZero ? 0 : IsNegative ? -1 : 1;

    private static int CompareDigits(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var leftDigits = new DigitEnumerator(left);
        var rightDigits = new DigitEnumerator(right);
        while (true)
        {
            var leftHas = leftDigits.MoveNext();
            var rightHas = rightDigits.MoveNext();
            if (!leftHas || !rightHas)
            {
                return leftHas.CompareTo(rightHas);
            }

            if (leftDigits.Current != rightDigits.Current)
            {
                return leftDigits.Current - rightDigits.Current;
            }
        }
    }

    private static long ParseExponent(ReadOnlySpan<byte> text)
    {
        var negative = text[0] == (byte)'-';
        var digits = text.TrimStart("+-"u8).TrimStart((byte)'0');
        if (digits.IsEmpty)
        {
            return 0;
        }

        // More than twelve digits: beyond the limit, and perhaps beyond what fits a long.
        var value = digits.Length <= 12 && Utf8Parser.TryParse(digits, out long parsed, out _) ? parsed : ExponentLimit;
        return negative ? -value : value;
    }

    public ref struct DigitEnumerator(ReadOnlySpan<byte> significant)
    {
        private ReadOnlySpan<byte> _rest = significant;

        public int Current { get; private set; }

        public readonly DigitEnumerator GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_rest.IsEmpty)
            {
                return false;
            }

            if (_rest[0] == (byte)'.')
            {
                _rest = _rest[1..];
            }

            Current = _rest[0] - '0';
            _rest = _rest[1..];
            return true;
        }
    }
}
