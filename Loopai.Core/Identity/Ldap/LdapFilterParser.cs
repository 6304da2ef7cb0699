using System.Globalization;
using System.Text;

namespace Loopai.Core.Identity.Ldap;

/// <summary>Reads filters as administrators write them (RFC 4515), with <c>{login}</c> or <c>{dn}</c> where the value goes.</summary>
public sealed class LdapFilterParser
{
    private const int MaxLength = 2_000;
    private const int MaxDepth = 20;

    private readonly string _text;
    private readonly string _place;
    private int _at;
    private int _depth;

    private LdapFilterParser(string text, string place) => (_text, _place) = (text, place);

    /// <summary>The filter, or what is wrong with the text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="place">What stands for the value: <c>{login}</c>. It has to be there.</param>
    public static (LdapFilter? Filter, string? Fault) Parse(string? text, string place)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > MaxLength)
        {
            return (null, $"Give a filter of at most {MaxLength} characters.");
        }

        var parser = new LdapFilterParser(text.Trim(), place);
        try
        {
            var filter = parser.Read();
            return parser._at < parser._text.Length ? (null, parser.Expected("the end"))
                : Texts(filter).Any(t => t.HasPlace) ? (filter, null)
                : (null, $"The filter needs {place} where the value goes, such as (uid={place}).");
        }
        catch (FormatException e)
        {
            return (null, e.Message);
        }
    }

    private static IEnumerable<LdapText> Texts(LdapFilter filter) => filter switch
    {
        LdapFilter.And all => all.Parts.SelectMany(Texts),
        LdapFilter.Or any => any.Parts.SelectMany(Texts),
        LdapFilter.Not opposite => Texts(opposite.Inner),
        LdapFilter.Match match => [match.Value],
        LdapFilter.Substrings substrings => substrings.Parts,
        _ => [],
    };

    private LdapFilter Read()
    {
        if (++_depth > MaxDepth)
        {
            throw new FormatException($"A filter nests at most {MaxDepth} deep.");
        }

        Take('(');
        LdapFilter filter;
        switch (_at < _text.Length ? _text[_at] : ')')
        {
            case '&':
                _at++;
                filter = new LdapFilter.And(ReadList());
                break;
            case '|':
                _at++;
                filter = new LdapFilter.Or(ReadList());
                break;
            case '!':
                _at++;
                filter = new LdapFilter.Not(Read());
                break;
            default:
                filter = ReadItem();
                break;
        }

        Take(')');
        _depth--;
        return filter;
    }

    private List<LdapFilter> ReadList()
    {
        List<LdapFilter> parts = [];
        while (_at < _text.Length && _text[_at] == '(')
        {
            parts.Add(Read());
        }

        return parts.Count > 0 ? parts : throw new FormatException(Expected("'('"));
    }

    private LdapFilter ReadItem()
    {
        var attribute = ReadWhile(c => char.IsAsciiLetterOrDigit(c) || c is '-' or ';' or '.');
        if (attribute.Length == 0)
        {
            throw new FormatException(Expected("an attribute"));
        }

        if (TakeIf(":"))
        {
            var rule = ReadWhile(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.');
            Take(':');
            Take('=');
            return new LdapFilter.Match(attribute, ReadValue(), LdapComparison.Extensible, rule);
        }

        var comparison = TakeIf(">=") ? LdapComparison.GreaterOrEqual : TakeIf("<=") ? LdapComparison.LessOrEqual : TakeIf("~=") ? LdapComparison.Approximate : LdapComparison.Equal;
        if (comparison != LdapComparison.Equal)
        {
            return new LdapFilter.Match(attribute, ReadValue(), comparison);
        }

        Take('=');
        List<LdapText> parts = [ReadValue()];
        while (TakeIf("*"))
        {
            parts.Add(ReadValue());
        }

        return parts.Count == 1 ? new LdapFilter.Match(attribute, parts[0])
            : parts.Count == 2 && parts.TrueForAll(p => p.Pieces.Count == 0) ? new LdapFilter.Present(attribute)
            : new LdapFilter.Substrings(attribute, parts);
    }

    private LdapText ReadValue()
    {
        List<byte[]?> pieces = [];
        while (_at < _text.Length && _text[_at] is not (')' or '(' or '*' or '\0'))
        {
            if (TakeIf(_place))
            {
                pieces.Add(null);
            }
            else if (TakeIf("\\"))
            {
                pieces.Add(
                    _at + 2 <= _text.Length && byte.TryParse(_text.AsSpan(_at, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var escaped)
                        ? [escaped]
                        : throw new FormatException(Expected("two hexadecimal digits")));
                _at += 2;
            }
            else
            {
                var rune = Rune.GetRuneAt(_text, _at);
                pieces.Add(Encoding.UTF8.GetBytes(rune.ToString()));
                _at += rune.Utf16SequenceLength;
            }
        }

        return new LdapText(pieces);
    }

    private string ReadWhile(Func<char, bool> fits)
    {
        var start = _at;
        while (_at < _text.Length && fits(_text[_at]))
        {
            _at++;
        }

        return _text[start.._at];
    }

    private bool TakeIf(string expected)
    {
        if (string.CompareOrdinal(_text, _at, expected, 0, expected.Length) != 0)
        {
            return false;
        }

        _at += expected.Length;
        return true;
    }

    private void Take(char expected)
    {
        if (_at >= _text.Length || _text[_at] != expected)
        {
            throw new FormatException(Expected($"'{expected}'"));
        }

        _at++;
    }

    private string Expected(string what) => string.Create(CultureInfo.InvariantCulture, $"The filter is not understood at character {_at + 1}: expected {what}.");
}
