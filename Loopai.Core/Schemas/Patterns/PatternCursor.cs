namespace Loopai.Core.Schemas.Patterns;

/// <summary>A place in the text of a regular expression.</summary>
internal sealed class PatternCursor(string source)
{
    public int Position { get; set; }

    public bool AtEnd => Position == source.Length;

    public char Current => AtEnd ? '\0' : source[Position];

    public bool LooksAt(string text) => string.CompareOrdinal(source, Position, text, 0, text.Length) == 0;

    public bool TryTake(string text)
    {
        if (!LooksAt(text))
        {
            return false;
        }

        Position += text.Length;
        return true;
    }

    public int TakeCodePoint()
    {
        if (AtEnd)
        {
            throw Fault("ends too early");
        }

        var isPair = Position + 1 < source.Length && char.IsSurrogatePair(source[Position], source[Position + 1]);
        var codePoint = isPair ? char.ConvertToUtf32(source[Position], source[Position + 1]) : source[Position];
        Position += isPair ? 2 : 1;
        return codePoint;
    }

    /// <summary>The text before the next <paramref name="end"/>, which is passed over.</summary>
    public string TakeUntil(char end)
    {
        var at = source.IndexOf(end, Position);
        if (at < 0)
        {
            throw Fault($"lacks a '{end}'");
        }

        var taken = source[Position..at];
        Position = at + 1;
        return taken;
    }

    public string TakeDigits()
    {
        var start = Position;
        while (char.IsAsciiDigit(Current))
        {
            Position++;
        }

        return source[start..Position];
    }

    public bool TryTakeHex(int digits, out int value)
    {
        value = 0;
        if (Position + digits > source.Length)
        {
            return false;
        }

        foreach (var digit in source.AsSpan(Position, digits))
        {
            if (!char.IsAsciiHexDigit(digit))
            {
                return false;
            }

            value = (value * 16) + Convert.ToInt32(digit.ToString(), 16);
        }

        Position += digits;
        return true;
    }

    public PatternSyntaxException Fault(string what) =>
        new(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"the regular expression {source} {what} (at character {Position + 1})"));
}
