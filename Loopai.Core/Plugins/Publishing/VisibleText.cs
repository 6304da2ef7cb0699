using System.Globalization;
using System.Text;

namespace Loopai.Core.Plugins.Publishing;

/// <summary>Text as a reviewer sees it.</summary>
public static class VisibleText
{
    /// <summary>
    /// What nobody sees, what turns the text around, and what ends a line for some readers and not for others (a form feed, U+2028) is shown as what it is: else a
    /// comment could look like code. Lines end with a line feed, with or without a carriage return before it.
    /// </summary>
    public static string Of(string text)
    {
        var seen = new StringBuilder(text.Length);
        foreach (var rune in text.Replace("\r\n", "\n", StringComparison.Ordinal).EnumerateRunes())
        {
            if (rune.Value is '\n' or '\t'
                || Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator))
            {
                seen.Append(rune);
            }
            else
            {
                seen.Append(rune.IsBmp ? $"\\u{rune.Value:x4}" : $"\\U{rune.Value:x8}");
            }
        }

        return seen.ToString();
    }
}
