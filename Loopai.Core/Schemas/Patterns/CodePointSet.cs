using System.Globalization;
using System.Text;

namespace Loopai.Core.Schemas.Patterns;

/// <summary>A set of Unicode characters, as ranges in ascending order.</summary>
internal sealed class CodePointSet
{
    private const int FirstBeyondBmp = 0x10000;
    private const int Last = 0x10FFFF;

    private readonly List<(int From, int To)> _ranges;

    private CodePointSet(List<(int From, int To)> ranges) => _ranges = ranges;

    public static CodePointSet Digits { get; } = Of(('0', '9'));

    public static CodePointSet WordCharacters { get; } = Of(('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z'));

    public static CodePointSet LineEnds { get; } = Of(('\n', '\n'), ('\r', '\r'), (0x2028, 0x2029));

    // WhiteSpace and LineTerminator of ECMA-262, which differ from what .NET takes for \s (U+0085, U+FEFF).
    public static CodePointSet Spaces { get; } = Of(
        ('\t', '\r'), (' ', ' '), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F),
        (0x3000, 0x3000), (0xFEFF, 0xFEFF));

    public static CodePointSet Of(params IEnumerable<(int From, int To)> ranges)
    {
        var merged = new List<(int From, int To)>();
        foreach (var (from, to) in ranges.Order())
        {
            if (merged.Count > 0 && from <= merged[^1].To + 1)
            {
                merged[^1] = (merged[^1].From, Math.Max(merged[^1].To, to));
            }
            else
            {
                merged.Add((from, to));
            }
        }

        return new CodePointSet(merged);
    }

    public static CodePointSet Union(IEnumerable<CodePointSet> sets) => Of(sets.SelectMany(set => set._ranges));

    public CodePointSet Complement()
    {
        var gaps = new List<(int From, int To)>();
        var next = 0;
        foreach (var (from, to) in _ranges)
        {
            if (from > next)
            {
                gaps.Add((next, from - 1));
            }

            next = to + 1;
        }

        if (next <= Last)
        {
            gaps.Add((next, Last));
        }

        return new CodePointSet(gaps);
    }

    /// <summary>A regular expression of .NET that matches one character of the set.</summary>
    /// <param name="pairs">Whether characters may be surrogate pairs, which .NET takes for two.</param>
    public string ToRegex(bool pairs)
    {
        var single = new StringBuilder();
        var alternatives = new List<string>();
        foreach (var (from, to) in _ranges)
        {
            // Half a pair is no character, and must not be matched as one.
            AppendRange(single, from, Math.Min(to, 0xD7FF));
            AppendRange(single, Math.Max(from, 0xE000), Math.Min(to, 0xFFFF));
            if (pairs && to >= FirstBeyondBmp)
            {
                AddPairs(alternatives, Math.Max(from, FirstBeyondBmp), to);
            }
        }

        if (single.Length > 0)
        {
            alternatives.Insert(0, $"[{single}]");
        }

        return alternatives.Count switch
        {
            0 => @"[^\s\S]",
            1 => $"(?:{alternatives[0]})",
            _ => $"(?:{string.Join('|', alternatives)})",
        };
    }

    private static void AddPairs(List<string> alternatives, int from, int to)
    {
        // Whole rows of low surrogates go together; the rows at both ends may be cut.
        while (from <= to)
        {
            var (high, low) = Halves(from);
            var (lastHigh, lastLow) = Halves(to);
            if (low == 0xDC00 && (lastHigh > high || lastLow == 0xDFFF))
            {
                var lastWhole = lastLow == 0xDFFF ? lastHigh : lastHigh - 1;
                alternatives.Add($"{Class(high, lastWhole)}{Class(0xDC00, 0xDFFF)}");
                from = char.ConvertToUtf32((char)lastWhole, '\uDFFF') + 1;
            }
            else
            {
                var end = high == lastHigh ? lastLow : 0xDFFF;
                alternatives.Add($"{Class(high, high)}{Class(low, end)}");
                from = char.ConvertToUtf32((char)high, (char)end) + 1;
            }
        }
    }

    private static (int High, int Low) Halves(int codePoint)
    {
        var text = char.ConvertFromUtf32(codePoint);
        return (text[0], text[1]);
    }

    private static string Class(int from, int to)
    {
        var text = new StringBuilder("[");
        AppendRange(text, from, to);
        return text.Append(']').ToString();
    }

    private static void AppendRange(StringBuilder text, int from, int to)
    {
        if (from <= to)
        {
            text.Append(CultureInfo.InvariantCulture, $@"\u{from:X4}-\u{to:X4}");
        }
    }
}
