namespace Loopai.Core.Schemas.Formats;

/// <summary>URI templates of RFC 6570.</summary>
internal static class UriTemplateFormat
{
    private const string Operators = "+#./;?&";

    private const string NeverLiteral = " \"%<>\\^`{|}";

    public static bool IsTemplate(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (text[0] == '{')
            {
                var close = text.IndexOf('}');
                if (close < 0 || !IsExpression(text[1..close]))
                {
                    return false;
                }

                text = text[(close + 1)..];
            }
            else if (IsEncoded(text))
            {
                text = text[3..];
            }
            else if (text[0] is <= ' ' or '\u007F' || NeverLiteral.Contains(text[0]))
            {
                return false;
            }
            else
            {
                text = text[1..];
            }
        }

        return true;
    }

    private static bool IsExpression(ReadOnlySpan<char> text)
    {
        if (!text.IsEmpty && Operators.Contains(text[0]))
        {
            text = text[1..];
        }

        foreach (var range in text.Split(','))
        {
            if (!IsVariable(text[range]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsVariable(ReadOnlySpan<char> text)
    {
        if (text.EndsWith('*'))
        {
            text = text[..^1];
        }
        else if (text.IndexOf(':') is >= 0 and var colon)
        {
            var prefix = text[(colon + 1)..];
            if (prefix.Length is 0 or > 4 || prefix.ContainsAnyExceptInRange('0', '9') || prefix[0] == '0')
            {
                return false;
            }

            text = text[..colon];
        }

        var afterDot = true;
        while (!text.IsEmpty)
        {
            var isEncoded = IsEncoded(text);
            if (text[0] == '.' ? afterDot : !isEncoded && !char.IsAsciiLetterOrDigit(text[0]) && text[0] != '_')
            {
                return false;
            }

            afterDot = text[0] == '.';
            text = text[(isEncoded ? 3 : 1)..];
        }

        return !afterDot;
    }

    private static bool IsEncoded(ReadOnlySpan<char> text) =>
        text.Length >= 3 && text[0] == '%' && char.IsAsciiHexDigit(text[1]) && char.IsAsciiHexDigit(text[2]);
}
