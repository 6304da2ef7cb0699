namespace Loopai.Core.Schemas.Formats;

/// <summary>URIs of RFC 3986 and IRIs of RFC 3987.</summary>
internal static class UriFormats
{
    private const string Marks = "-._~!$&'()*+,;=";

    public static bool IsUri(ReadOnlySpan<char> text, bool international)
    {
        var colon = text.IndexOf(':');
        return colon > 0 && IsScheme(text[..colon]) && IsAfterScheme(text[(colon + 1)..], international);
    }

    public static bool IsReference(ReadOnlySpan<char> text, bool international)
    {
        if (IsUri(text, international))
        {
            return true;
        }

        // Without a scheme the first segment must have no colon, which would make it one.
        var end = text.IndexOfAny("/?#");
        return !(end < 0 ? text : text[..end]).Contains(':') && IsAfterScheme(text, international);
    }

    private static bool IsScheme(ReadOnlySpan<char> text)
    {
        foreach (var letter in text)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('+' or '-' or '.'))
            {
                return false;
            }
        }

        return char.IsAsciiLetter(text[0]);
    }

    private static bool IsAfterScheme(ReadOnlySpan<char> text, bool international)
    {
        if (text.IndexOf('#') is >= 0 and var hash)
        {
            if (!AreCharacters(text[(hash + 1)..], ":@/?", international))
            {
                return false;
            }

            text = text[..hash];
        }

        if (text.IndexOf('?') is >= 0 and var mark)
        {
            if (!AreCharacters(text[(mark + 1)..], ":@/?", international))
            {
                return false;
            }

            text = text[..mark];
        }

        if (text.StartsWith("//"))
        {
            var end = text[2..].IndexOf('/');
            var authority = end < 0 ? text[2..] : text.Slice(2, end);
            if (!IsAuthority(authority, international))
            {
                return false;
            }

            text = text[(authority.Length + 2)..];
        }

        return AreCharacters(text, ":@/", international);
    }

    private static bool IsAuthority(ReadOnlySpan<char> text, bool international)
    {
        if (text.IndexOf('@') is >= 0 and var at)
        {
            if (!AreCharacters(text[..at], ":", international))
            {
                return false;
            }

            text = text[(at + 1)..];
        }

        if (text.StartsWith('['))
        {
            var close = text.IndexOf(']');
            return close > 0 && IsLiteral(text[1..close]) && IsPort(text[(close + 1)..]);
        }

        var colon = text.IndexOf(':');
        return colon < 0
            ? AreCharacters(text, "", international)
            : AreCharacters(text[..colon], "", international) && IsPort(text[colon..]);
    }

    private static bool IsPort(ReadOnlySpan<char> text) => text.IsEmpty || (text[0] == ':' && !text[1..].ContainsAnyExceptInRange('0', '9'));

    private static bool IsLiteral(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text[0] is not ('v' or 'V'))
        {
            return AddressFormats.IsIPv6(text);
        }

        var dot = text.IndexOf('.');
        if (dot < 2 || dot == text.Length - 1)
        {
            return false;
        }

        foreach (var digit in text[1..dot])
        {
            if (!char.IsAsciiHexDigit(digit))
            {
                return false;
            }
        }

        return !text[dot..].Contains('%') && AreCharacters(text[(dot + 1)..], ":", international: false);
    }

    private static bool AreCharacters(ReadOnlySpan<char> text, string more, bool international)
    {
        for (var index = 0; index < text.Length; index++)
        {
            var letter = text[index];
            if (letter == '%')
            {
                if (index + 2 >= text.Length || !char.IsAsciiHexDigit(text[index + 1]) || !char.IsAsciiHexDigit(text[index + 2]))
                {
                    return false;
                }

                index += 2;
            }
            else if (!char.IsAsciiLetterOrDigit(letter) && !Marks.Contains(letter) && !more.Contains(letter) && !(international && letter >= 0xA0))
            {
                return false;
            }
        }

        return true;
    }
}
