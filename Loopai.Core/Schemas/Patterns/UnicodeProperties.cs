using System.Globalization;

namespace Loopai.Core.Schemas.Patterns;

/// <summary>The sets that <c>\p{…}</c> names: general categories, and the few other properties that .NET knows the characters of.</summary>
internal static class UnicodeProperties
{
    private static readonly Lazy<ILookup<UnicodeCategory, (int From, int To)>> RangesByCategory = new(ReadCategories);

    private static readonly Dictionary<string, UnicodeCategory[]> Categories = new(StringComparer.Ordinal)
    {
        ["Lu"] = [UnicodeCategory.UppercaseLetter],
        ["Ll"] = [UnicodeCategory.LowercaseLetter],
        ["Lt"] = [UnicodeCategory.TitlecaseLetter],
        ["LC"] = [UnicodeCategory.UppercaseLetter, UnicodeCategory.LowercaseLetter, UnicodeCategory.TitlecaseLetter],
        ["Lm"] = [UnicodeCategory.ModifierLetter],
        ["Lo"] = [UnicodeCategory.OtherLetter],
        ["L"] = Between(UnicodeCategory.UppercaseLetter, UnicodeCategory.OtherLetter),
        ["Mn"] = [UnicodeCategory.NonSpacingMark],
        ["Mc"] = [UnicodeCategory.SpacingCombiningMark],
        ["Me"] = [UnicodeCategory.EnclosingMark],
        ["M"] = Between(UnicodeCategory.NonSpacingMark, UnicodeCategory.EnclosingMark),
        ["Nd"] = [UnicodeCategory.DecimalDigitNumber],
        ["Nl"] = [UnicodeCategory.LetterNumber],
        ["No"] = [UnicodeCategory.OtherNumber],
        ["N"] = Between(UnicodeCategory.DecimalDigitNumber, UnicodeCategory.OtherNumber),
        ["Zs"] = [UnicodeCategory.SpaceSeparator],
        ["Zl"] = [UnicodeCategory.LineSeparator],
        ["Zp"] = [UnicodeCategory.ParagraphSeparator],
        ["Z"] = Between(UnicodeCategory.SpaceSeparator, UnicodeCategory.ParagraphSeparator),
        ["Cc"] = [UnicodeCategory.Control],
        ["Cf"] = [UnicodeCategory.Format],
        ["Cs"] = [UnicodeCategory.Surrogate],
        ["Co"] = [UnicodeCategory.PrivateUse],
        ["Cn"] = [UnicodeCategory.OtherNotAssigned],
        ["C"] = [.. Between(UnicodeCategory.Control, UnicodeCategory.PrivateUse), UnicodeCategory.OtherNotAssigned],
        ["Pc"] = [UnicodeCategory.ConnectorPunctuation],
        ["Pd"] = [UnicodeCategory.DashPunctuation],
        ["Ps"] = [UnicodeCategory.OpenPunctuation],
        ["Pe"] = [UnicodeCategory.ClosePunctuation],
        ["Pi"] = [UnicodeCategory.InitialQuotePunctuation],
        ["Pf"] = [UnicodeCategory.FinalQuotePunctuation],
        ["Po"] = [UnicodeCategory.OtherPunctuation],
        ["P"] = Between(UnicodeCategory.ConnectorPunctuation, UnicodeCategory.OtherPunctuation),
        ["Sm"] = [UnicodeCategory.MathSymbol],
        ["Sc"] = [UnicodeCategory.CurrencySymbol],
        ["Sk"] = [UnicodeCategory.ModifierSymbol],
        ["So"] = [UnicodeCategory.OtherSymbol],
        ["S"] = Between(UnicodeCategory.MathSymbol, UnicodeCategory.OtherSymbol),
    };

    private static readonly Dictionary<string, string> LongNames = new(StringComparer.Ordinal)
    {
        ["Uppercase_Letter"] = "Lu", ["Lowercase_Letter"] = "Ll", ["Titlecase_Letter"] = "Lt", ["Cased_Letter"] = "LC",
        ["Modifier_Letter"] = "Lm", ["Other_Letter"] = "Lo", ["Letter"] = "L", ["Nonspacing_Mark"] = "Mn", ["Spacing_Mark"] = "Mc",
        ["Enclosing_Mark"] = "Me", ["Mark"] = "M", ["Combining_Mark"] = "M", ["Decimal_Number"] = "Nd", ["digit"] = "Nd",
        ["Letter_Number"] = "Nl", ["Other_Number"] = "No", ["Number"] = "N", ["Space_Separator"] = "Zs", ["Line_Separator"] = "Zl",
        ["Paragraph_Separator"] = "Zp", ["Separator"] = "Z", ["Control"] = "Cc", ["cntrl"] = "Cc", ["Format"] = "Cf", ["Surrogate"] = "Cs",
        ["Private_Use"] = "Co", ["Unassigned"] = "Cn", ["Other"] = "C", ["Connector_Punctuation"] = "Pc", ["Dash_Punctuation"] = "Pd",
        ["Open_Punctuation"] = "Ps", ["Close_Punctuation"] = "Pe", ["Initial_Punctuation"] = "Pi", ["Final_Punctuation"] = "Pf",
        ["Other_Punctuation"] = "Po", ["Punctuation"] = "P", ["punct"] = "P", ["Math_Symbol"] = "Sm", ["Currency_Symbol"] = "Sc",
        ["Modifier_Symbol"] = "Sk", ["Other_Symbol"] = "So", ["Symbol"] = "S",
    };

    /// <param name="expression">What stands between the braces: <c>L</c>, <c>Letter</c>, <c>gc=Lu</c>.</param>
    public static CodePointSet? Find(string expression)
    {
        foreach (var prefix in new[] { "General_Category=", "gc=" })
        {
            if (expression.StartsWith(prefix, StringComparison.Ordinal))
            {
                return FindCategory(expression[prefix.Length..]);
            }
        }

        return expression switch
        {
            "Any" => CodePointSet.Of().Complement(),
            "ASCII" => CodePointSet.Of((0, 0x7F)),
            "ASCII_Hex_Digit" or "AHex" => CodePointSet.Of(('0', '9'), ('A', 'F'), ('a', 'f')),
            "Assigned" => FindCategory("Cn")!.Complement(),
            _ => FindCategory(expression),
        };
    }

    private static CodePointSet? FindCategory(string name) =>
        Categories.TryGetValue(LongNames.GetValueOrDefault(name, name), out var categories)
            ? CodePointSet.Of(categories.SelectMany(category => RangesByCategory.Value[category]))
            : null;

    private static UnicodeCategory[] Between(UnicodeCategory first, UnicodeCategory last) =>
        [.. Enumerable.Range((int)first, last - first + 1).Select(category => (UnicodeCategory)category)];

    private static ILookup<UnicodeCategory, (int From, int To)> ReadCategories()
    {
        const int end = 0x110000;
        var ranges = new List<(UnicodeCategory Category, int From, int To)>();
        var from = 0;
        for (var codePoint = 1; codePoint <= end; codePoint++)
        {
            var category = CharUnicodeInfo.GetUnicodeCategory(from);
            if (codePoint == end || CharUnicodeInfo.GetUnicodeCategory(codePoint) != category)
            {
                ranges.Add((category, from, codePoint - 1));
                from = codePoint;
            }
        }

        return ranges.ToLookup(range => range.Category, range => (range.From, range.To));
    }
}
