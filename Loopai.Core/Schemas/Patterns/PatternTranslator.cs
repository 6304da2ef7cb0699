using System.Globalization;
using System.Text;

namespace Loopai.Core.Schemas.Patterns;

/// <summary>
/// Writes a regular expression of ECMAScript, which JSON Schema asks for, as one of .NET. They share most of their syntax and
/// little of its meaning: <c>\d</c>, <c>\w</c>, <c>\s</c>, <c>.</c>, <c>$</c> and characters beyond U+FFFF all differ.
/// </summary>
internal sealed class PatternTranslator
{
    private const string WordCharacter = "[0-9A-Z_a-z]";

    private readonly PatternCursor _cursor;
    private readonly PatternGroups _groups;
    private readonly bool _pairs;
    private readonly StringBuilder _output = new();
    private int _openGroups;
    private int _captures;
    private bool _isRepeatable;

    private PatternTranslator(string source, bool pairs)
    {
        _cursor = new PatternCursor(source);
        _groups = PatternGroups.Of(source);
        _pairs = pairs;
    }

    /// <param name="source">The expression, without delimiters and flags.</param>
    /// <param name="pairs">Whether the texts to match contain surrogate pairs, which count as one character.</param>
    public static string Translate(string source, bool pairs) => new PatternTranslator(source, pairs).Translate();

    private string Translate()
    {
        while (!_cursor.AtEnd)
        {
            TranslateNext();
        }

        return _openGroups == 0 ? _output.ToString() : throw _cursor.Fault("lacks a ')'");
    }

    private void TranslateNext()
    {
        switch (_cursor.Current)
        {
            case '(':
                OpenGroup();
                break;
            case ')':
                CloseGroup();
                break;
            case '*' or '+' or '?':
                Repeat(((char)_cursor.TakeCodePoint()).ToString());
                break;
            case '{' when TryTakeCounts() is { } counts:
                Repeat(counts);
                break;
            case '|':
                Take("|", isRepeatable: false);
                break;
            case '^':
                Take("^", isRepeatable: false);
                break;
            case '$':
                // The $ of .NET also matches before a final line break.
                Take(@"\z", isRepeatable: false);
                break;
            case '.':
                Take(CodePointSet.LineEnds.Complement().ToRegex(_pairs), isRepeatable: true);
                break;
            case '[':
                _cursor.TryTake("[");
                Write(PatternEscapes.TakeClass(_cursor));
                break;
            case '\\':
                _cursor.TryTake("\\");
                TranslateEscape();
                break;
            default:
                WriteCharacter(_cursor.TakeCodePoint());
                break;
        }
    }

    private void OpenGroup()
    {
        _cursor.TryTake("(");
        _openGroups++;
        _isRepeatable = false;
        foreach (var opening in new[] { "?:", "?=", "?!", "?<=", "?<!" })
        {
            if (_cursor.TryTake(opening))
            {
                _output.Append('(').Append(opening);
                return;
            }
        }

        if (_cursor.TryTake("?<"))
        {
            _cursor.TakeUntil('>');
        }
        else if (_cursor.LooksAt("?"))
        {
            throw _cursor.Fault("has a group of a kind that is not supported");
        }

        // Numbered openly, since .NET counts named groups after all others.
        _captures++;
        _output.Append(_groups.AreReferredTo ? string.Create(CultureInfo.InvariantCulture, $"(?<{_captures}>") : "(?:");
    }

    private void CloseGroup()
    {
        if (_openGroups-- == 0)
        {
            throw _cursor.Fault("has a ')' that closes nothing");
        }

        Take(")", isRepeatable: true);
    }

    private void Repeat(string quantifier)
    {
        if (!_isRepeatable)
        {
            throw _cursor.Fault($"has nothing for {quantifier} to repeat");
        }

        _output.Append(quantifier).Append(_cursor.TryTake("?") ? "?" : "");
        _isRepeatable = false;
    }

    /// <summary>The counts in braces; null, and nothing taken, where a brace only stands for itself.</summary>
    private string? TryTakeCounts()
    {
        var start = _cursor.Position;
        _cursor.TryTake("{");
        var minimum = _cursor.TakeDigits();
        var hasMaximum = _cursor.TryTake(",");
        var maximum = hasMaximum ? _cursor.TakeDigits() : minimum;
        if (minimum.Length == 0 || !_cursor.TryTake("}"))
        {
            _cursor.Position = start;
            return null;
        }

        if (!IsCount(minimum) || (maximum.Length > 0 && (!IsCount(maximum) || int.Parse(maximum, CultureInfo.InvariantCulture)
            < int.Parse(minimum, CultureInfo.InvariantCulture))))
        {
            throw _cursor.Fault("repeats with counts that are too large or in the wrong order");
        }

        return hasMaximum ? $"{{{minimum},{maximum}}}" : $"{{{minimum}}}";

        static bool IsCount(string digits) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out _);
    }

    private void TranslateEscape()
    {
        if (_cursor.TryTake("b"))
        {
            // The \b of .NET goes by letters of every script.
            Append($"(?:(?<={WordCharacter})(?!{WordCharacter})|(?<!{WordCharacter})(?={WordCharacter}))", isRepeatable: false);
        }
        else if (_cursor.TryTake("B"))
        {
            Append($"(?:(?<={WordCharacter})(?={WordCharacter})|(?<!{WordCharacter})(?!{WordCharacter}))", isRepeatable: false);
        }
        else if (_cursor.Current is >= '1' and <= '9')
        {
            var digits = _cursor.TakeDigits();
            WriteReference(int.TryParse(digits, CultureInfo.InvariantCulture, out var number) && number <= _groups.Count ? number : null, digits);
        }
        else if (_cursor.TryTake("k<"))
        {
            var name = _cursor.TakeUntil('>');
            WriteReference(_groups.NumberOf(name), name);
        }
        else if (PatternEscapes.TryTakeSet(_cursor) is { } set)
        {
            Write(set);
        }
        else
        {
            WriteCharacter(PatternEscapes.TakeCharacter(_cursor));
        }
    }

    // A group that took no part matches the empty text in ECMAScript and nothing in .NET.
    private void WriteReference(int? group, string name) => Append(
        group is { } number
            ? string.Create(CultureInfo.InvariantCulture, $@"(?({number})\{number}|)")
            : throw _cursor.Fault($"refers to a group that it does not have: {name}"),
        isRepeatable: true);

    private void WriteCharacter(int codePoint)
    {
        if (codePoint < 0x80 && char.IsAsciiLetterOrDigit((char)codePoint))
        {
            Append(((char)codePoint).ToString(), isRepeatable: true);
        }
        else
        {
            Write(CodePointSet.Of((codePoint, codePoint)));
        }
    }

    private void Write(CodePointSet set) => Append(set.ToRegex(_pairs), isRepeatable: true);

    private void Take(string translation, bool isRepeatable)
    {
        _cursor.TakeCodePoint();
        Append(translation, isRepeatable);
    }

    private void Append(string translation, bool isRepeatable)
    {
        _output.Append(translation);
        _isRepeatable = isRepeatable;
    }
}
