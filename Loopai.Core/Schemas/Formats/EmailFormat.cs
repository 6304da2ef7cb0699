namespace Loopai.Core.Schemas.Formats;

/// <summary>Mailboxes of RFC 5321, and of RFC 6531 where letters of every script are allowed.</summary>
internal static class EmailFormat
{
    private const string AtomMarks = "!#$%&'*+-/=?^_`{|}~";

    public static bool IsEmail(ReadOnlySpan<char> text, bool international)
    {
        var at = text.LastIndexOf('@');
        return at > 0
            && (text[0] == '"' ? IsQuoted(text[..at], international) : IsDotted(text[..at], AtomMarks, international))
            && IsDomain(text[(at + 1)..], international);
    }

    private static bool IsQuoted(ReadOnlySpan<char> local, bool international)
    {
        if (local.Length < 2 || local[^1] != '"')
        {
            return false;
        }

        for (var index = 1; index < local.Length - 1; index++)
        {
            if (local[index] == '\\')
            {
                index++;
            }
            else if (local[index] == '"')
            {
                return false;
            }

            // A backslash before the closing quote would leave the text open.
            if (index == local.Length - 1 || !(local[index] is >= ' ' and <= '~' || (international && local[index] > 0x7F)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsDomain(ReadOnlySpan<char> domain, bool international)
    {
        if (domain is ['[', .. var literal, ']'])
        {
            return literal.StartsWith("IPv6:", StringComparison.OrdinalIgnoreCase)
                ? AddressFormats.IsIPv6(literal["IPv6:".Length..])
                : AddressFormats.IsIPv4(literal);
        }

        foreach (var range in domain.Split('.'))
        {
            var label = domain[range];
            if (label.Length is 0 or > 63 || label[0] == '-' || label[^1] == '-')
            {
                return false;
            }
        }

        return IsDotted(domain, "-", international);
    }

    /// <summary>Words of letters, digits and marks, with single dots between them.</summary>
    private static bool IsDotted(ReadOnlySpan<char> text, string marks, bool international)
    {
        var afterDot = true;
        foreach (var letter in text)
        {
            if (letter == '.' ? afterDot : !IsAllowed(letter, marks, international))
            {
                return false;
            }

            afterDot = letter == '.';
        }

        return !afterDot;
    }

    private static bool IsAllowed(char letter, string marks, bool international) =>
        char.IsAsciiLetterOrDigit(letter) || marks.Contains(letter) || (international && letter > 0x7F);
}
