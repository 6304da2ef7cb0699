using System.Diagnostics;
using System.Text.RegularExpressions;
using Loopai.Core.Schemas.Evaluation;
using Loopai.Core.Schemas.Values;

namespace Loopai.Core.Schemas.Patterns;

/// <summary>A regular expression of a schema, ready to match texts of a document.</summary>
/// <param name="keyword">The keyword that brings it.</param>
/// <param name="pointer">Where it is written.</param>
/// <param name="source">As it is written in the schema.</param>
/// <param name="plain">The same for .NET, for texts whose characters are all one UTF-16 unit.</param>
/// <param name="paired">The same for texts with surrogate pairs; made when first needed, which for most schemas is never.</param>
internal sealed class SchemaPattern(string keyword, string pointer, string source, Regex plain, Lazy<Regex> paired)
{
    public string Source { get; } = source;

    /// <summary>False also when the match took too long; the validation is then given up, with the pattern to blame.</summary>
    public bool IsMatch(ReadOnlySpan<byte> raw, ref EvaluationState state)
    {
        if (!state.Spend(1))
        {
            return false;
        }

        using var buffer = new TextBuffer<char>(stackalloc char[TextBuffer<char>.StackLength], raw.Length);
        ReadOnlySpan<char> text = buffer.Span[..JsonText.ToChars(raw, buffer.Span)];
        var regex = text.ContainsAnyInRange('\uD800', '\uDFFF') ? paired.Value : plain;
        try
        {
            return regex.Options.HasFlag(RegexOptions.NonBacktracking) ? regex.IsMatch(text) : IsMatchTimed(regex, text, ref state);
        }
        catch (RegexMatchTimeoutException)
        {
            state.GiveUp(new EvaluationFault($"pattern took too long: {Source}", pointer, keyword));
            return false;
        }
    }

    private static bool IsMatchTimed(Regex regex, ReadOnlySpan<char> text, ref EvaluationState state)
    {
        var start = Stopwatch.GetTimestamp();
        var isMatch = regex.IsMatch(text);
        state.SpendPatternTime(Stopwatch.GetElapsedTime(start));
        return isMatch;
    }
}
