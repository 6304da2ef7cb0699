namespace Loopai.Core.Schemas.Patterns;

/// <summary>Reads what follows a backslash, and classes in brackets.</summary>
internal static class PatternEscapes
{
    /// <summary>The set of <c>\d</c>, <c>\p{L}</c> and the like; null, and nothing taken, for any other escape.</summary>
    public static CodePointSet? TryTakeSet(PatternCursor cursor)
    {
        CodePointSet set;
        switch (cursor.Current)
        {
            case 'd' or 'D':
                set = CodePointSet.Digits;
                break;
            case 'w' or 'W':
                set = CodePointSet.WordCharacters;
                break;
            case 's' or 'S':
                set = CodePointSet.Spaces;
                break;
            case 'p' or 'P':
                return TakeProperty(cursor);
            default:
                return null;
        }

        return char.IsAsciiLetterUpper((char)cursor.TakeCodePoint()) ? set.Complement() : set;
    }

    /// <summary>The one character that an escape stands for.</summary>
    public static int TakeCharacter(PatternCursor cursor)
    {
        var letter = cursor.TakeCodePoint();
        switch (letter)
        {
            case 't':
                return '\t';
            case 'n':
                return '\n';
            case 'v':
                return '\v';
            case 'f':
                return '\f';
            case 'r':
                return '\r';
            case '0' when !char.IsAsciiDigit(cursor.Current):
                return '\0';
            case 'c' when char.IsAsciiLetter(cursor.Current):
                return cursor.TakeCodePoint() % 32;
            case 'x' when cursor.TryTakeHex(2, out var code):
                return code;
            case 'u':
                return TakeUnicode(cursor);
            default:
                // The standard allows fewer, yet authors escape '-', '@' or '"' out of habit, and what they mean is plain.
                return letter < 0x80 && char.IsAsciiLetterOrDigit((char)letter)
                    ? throw cursor.Fault($"has the escape \\{(char)letter}, which ECMAScript does not know,")
                    : letter;
        }
    }

    /// <summary>The set of a class, its opening bracket already taken.</summary>
    public static CodePointSet TakeClass(PatternCursor cursor)
    {
        var isNegated = cursor.TryTake("^");
        var sets = new List<CodePointSet>();
        while (!cursor.TryTake("]"))
        {
            var (first, set) = TakeMember(cursor);
            if (set is not null)
            {
                sets.Add(set);
                continue;
            }

            var last = first;
            var afterFirst = cursor.Position;
            if (cursor.TryTake("-") && !cursor.LooksAt("]"))
            {
                (last, set) = TakeMember(cursor);
            }

            if (set is not null || cursor.Position == afterFirst + 1)
            {
                // As in [a-] and [a-\d] the hyphen stands for itself.
                cursor.Position = afterFirst;
                sets.Add(CodePointSet.Of((first, first)));
                sets.Add(cursor.TryTake("-") ? CodePointSet.Of(('-', '-')) : CodePointSet.Of());
                continue;
            }

            sets.Add(first <= last ? CodePointSet.Of((first, last)) : throw cursor.Fault("has a range in the wrong order"));
        }

        var union = CodePointSet.Union(sets);
        return isNegated ? union.Complement() : union;
    }

    private static (int CodePoint, CodePointSet? Set) TakeMember(PatternCursor cursor)
    {
        if (cursor.AtEnd)
        {
            throw cursor.Fault("lacks a ']'");
        }

        if (!cursor.TryTake("\\"))
        {
            return (cursor.TakeCodePoint(), null);
        }

        if (cursor.TryTake("b"))
        {
            return ('\b', null);
        }

        return TryTakeSet(cursor) is { } set ? (0, set) : (TakeCharacter(cursor), null);
    }

    private static CodePointSet TakeProperty(PatternCursor cursor)
    {
        var isNegated = cursor.TakeCodePoint() == 'P';
        if (!cursor.TryTake("{"))
        {
            throw cursor.Fault("lacks a property in braces after \\p");
        }

        var name = cursor.TakeUntil('}');
        var set = UnicodeProperties.Find(name) ?? throw cursor.Fault(
            $"uses the Unicode property {name}, which is not supported (general categories such as \\p{{L}} and \\p{{Lu}} are)");
        return isNegated ? set.Complement() : set;
    }

    private static int TakeUnicode(PatternCursor cursor)
    {
        if (cursor.TryTake("{"))
        {
            var digits = cursor.TakeUntil('}');
            return int.TryParse(digits, System.Globalization.NumberStyles.AllowHexSpecifier, null, out var code) && code is >= 0 and <= 0x10FFFF
                ? code
                : throw cursor.Fault("has a \\u{…} that is no character");
        }

        if (!cursor.TryTakeHex(4, out var unit))
        {
            throw cursor.Fault("lacks four hexadecimal digits after \\u");
        }

        var afterUnit = cursor.Position;
        if (char.IsHighSurrogate((char)unit) && cursor.TryTake("\\u") && cursor.TryTakeHex(4, out var low) && char.IsLowSurrogate((char)low))
        {
            return char.ConvertToUtf32((char)unit, (char)low);
        }

        cursor.Position = afterUnit;
        return unit;
    }
}
