using System.Globalization;
using System.Text.Json;
using Loopai.Core.Identity.Scim.Resources;

namespace Loopai.Core.Identity.Scim.Filters;

/// <summary>
/// Reads filters (RFC 7644 section 3.4.2.2): <c>not</c> binds before <c>and</c>, <c>and</c> before <c>or</c>; names and operators regardless of case. The
/// length and the number of comparisons are bounded, so that no filter is a burden.
/// </summary>
public sealed class ScimFilterParser
{
    public const int MaxLength = 2_000;
    public const int MaxTerms = 50;
    public const int MaxDepth = 20;

    private readonly string _text;
    private int _at;
    private int _terms;
    private int _depth;

    private ScimFilterParser(string text) => _text = text;

    /// <exception cref="Errors.InvalidException">It is no filter, or a too long one.</exception>
    public static ScimFilter Parse(string text)
    {
        if (text.Length > MaxLength)
        {
            throw ScimErrors.Filter($"A filter has at most {MaxLength} characters.");
        }

        var parser = new ScimFilterParser(text);
        var filter = parser.ReadOr();
        parser.SkipSpace();
        return parser._at == text.Length ? filter : throw parser.Wrong("nothing more");
    }

    private ScimFilter ReadOr()
    {
        if (++_depth > MaxDepth)
        {
            throw ScimErrors.Filter($"A filter nests at most {MaxDepth} deep.");
        }

        var left = ReadAnd();
        while (TakeWord("or"))
        {
            left = new ScimFilter.Or(left, ReadAnd());
        }

        _depth--;
        return left;
    }

    private ScimFilter ReadAnd()
    {
        var left = ReadTerm();
        while (TakeWord("and"))
        {
            left = new ScimFilter.And(left, ReadTerm());
        }

        return left;
    }

    private ScimFilter ReadTerm()
    {
        if (++_terms > MaxTerms)
        {
            throw ScimErrors.Filter($"A filter has at most {MaxTerms} terms.");
        }

        if (TakeWord("not"))
        {
            return new ScimFilter.Not(Take('(') ? ReadGroup() : throw Wrong("'(' after not"));
        }

        return Take('(') ? ReadGroup() : ReadComparison();
    }

    private ScimFilter ReadGroup()
    {
        var inner = ReadOr();
        return Take(')') ? inner : throw Wrong("')'");
    }

    private ScimFilter ReadComparison()
    {
        SkipSpace();
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is ':' or '.' or '-' or '_' or '$'))
        {
            _at++;
        }

        var path = ScimPath.Parse(_text[start.._at]);
        if (path is null)
        {
            _at = start;
            throw Wrong("an attribute");
        }

        if (_at < _text.Length && _text[_at] == '[')
        {
            _at++;
            var inner = ReadOr();
            return Take(']') ? new ScimFilter.Item(path, inner) : throw Wrong("']'");
        }

        if (TakeWord("pr"))
        {
            return new ScimFilter.Present(path);
        }

        foreach (var (word, compare) in ScimFilter.Operators)
        {
            if (TakeWord(word))
            {
                return new ScimFilter.Compare(path, compare, ReadLiteral());
            }
        }

        throw Wrong("eq, ne, co, sw, ew, gt, ge, lt, le or pr");
    }

    private ScimLiteral ReadLiteral()
    {
        SkipSpace();
        if (_at < _text.Length && _text[_at] == '"')
        {
            return ReadText();
        }

        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '-' or '+' or '.'))
        {
            _at++;
        }

        var word = _text[start.._at];
        return word.ToLowerInvariant() switch
        {
            "true" => new ScimLiteral("true", IsQuoted: false),
            "false" => new ScimLiteral("false", IsQuoted: false),
            "null" => new ScimLiteral(null, IsQuoted: false),
            _ when decimal.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out _) => new ScimLiteral(word, IsQuoted: false),
            _ => throw WrongAt(start, "a value: \"text\", true, false, null or a number"),
        };
    }

    private ScimLiteral ReadText()
    {
        var start = _at++;
        while (_at < _text.Length && _text[_at] != '"')
        {
            _at += _text[_at] == '\\' ? 2 : 1;
        }

        if (_at >= _text.Length)
        {
            throw WrongAt(start, "a closing quotation mark");
        }

        try
        {
            var text = JsonSerializer.Deserialize<string>(_text.AsSpan(start, ++_at - start))!;
            return text.Contains('\0', StringComparison.Ordinal) ? throw WrongAt(start, "a text without U+0000") : ScimLiteral.Of(text);
        }
        catch (JsonException)
        {
            throw WrongAt(start, "a text as JSON writes it");
        }
    }

    /// <summary>Takes a word that ends where a word ends.</summary>
    private bool TakeWord(string word)
    {
        SkipSpace();
        var end = _at + word.Length;
        if (string.Compare(_text, _at, word, 0, word.Length, StringComparison.OrdinalIgnoreCase) != 0
            || (end < _text.Length && !char.IsWhiteSpace(_text[end]) && _text[end] is not ('(' or ')' or ']' or '"')))
        {
            return false;
        }

        _at = end;
        return true;
    }

    private bool Take(char expected)
    {
        SkipSpace();
        if (_at >= _text.Length || _text[_at] != expected)
        {
            return false;
        }

        _at++;
        return true;
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }
    }

    private Errors.InvalidException Wrong(string expected) => WrongAt(_at, expected);

    private static Errors.InvalidException WrongAt(int place, string expected) =>
        ScimErrors.Filter(string.Create(CultureInfo.InvariantCulture, $"The filter is not understood at character {place + 1}: expected {expected}."));
}
