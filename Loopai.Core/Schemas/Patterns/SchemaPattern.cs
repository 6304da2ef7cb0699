using System.Text.RegularExpressions;
using Loopai.Core.Schemas.Evaluation;
using Loopai.Core.Schemas.Values;

namespace Loopai.Core.Schemas.Patterns;

/// <summary>A regular expression of a schema, ready to match texts of a document.</summary>
/// <param name="keyword">The keyword that brings it.</param>
/// <param name="pointer">Where it is written.</param>
/// <param name="source">As it is written in the schema.</param>
/// <param name="regex">The same for .NET, with a timeout.</param>
internal sealed class SchemaPattern(string keyword, string pointer, string source, Regex regex)
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
        try
        {
            return regex.IsMatch(buffer.Span[..JsonText.ToChars(raw, buffer.Span)]);
        }
        catch (RegexMatchTimeoutException)
        {
            state.GiveUp(new EvaluationFault($"pattern took too long: {Source}", pointer, keyword));
            return false;
        }
    }
}
