using System.Text.RegularExpressions;

namespace Loopai.Core.Schemas.Patterns;

/// <summary>Makes patterns out of the regular expressions of a schema.</summary>
internal static class PatternCompiler
{
    public static SchemaPattern Compile(string keyword, string pointer, string source, TimeSpan timeout)
    {
        try
        {
            var paired = new Lazy<Regex>(() => Build(PatternTranslator.Translate(source, pairs: true), timeout));
            return new SchemaPattern(keyword, pointer, source, Build(PatternTranslator.Translate(source, pairs: false), timeout), paired);
        }
        catch (PatternSyntaxException exception)
        {
            throw new InvalidSchemaException(pointer, $"{keyword}: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is ArgumentException or InsufficientExecutionStackException or OutOfMemoryException)
        {
            throw new InvalidSchemaException(pointer, $"{keyword}: the regular expression {source} is too complex", exception);
        }
    }

    /// <summary>Whether a text is a regular expression that schemas may use.</summary>
    public static bool IsPattern(string source)
    {
        try
        {
            PatternTranslator.Translate(source, pairs: false);
            return true;
        }
        catch (PatternSyntaxException)
        {
            return false;
        }
    }

    // Matching without backtracking is linear in the text, whatever the expression. What it cannot do (looking around, references
    // to groups, huge counts) is left to the backtracking engine and its timeout.
    private static Regex Build(string expression, TimeSpan timeout)
    {
        try
        {
            return new Regex(expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, timeout);
        }
        catch (NotSupportedException)
        {
            return new Regex(expression, RegexOptions.CultureInvariant, timeout);
        }
    }
}
