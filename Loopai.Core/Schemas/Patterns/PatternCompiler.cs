using System.Text.RegularExpressions;

namespace Loopai.Core.Schemas.Patterns;

/// <summary>Makes patterns out of the regular expressions of a schema.</summary>
internal static class PatternCompiler
{
    public static SchemaPattern Compile(string keyword, string pointer, string source, TimeSpan timeout)
    {
        try
        {
            return new SchemaPattern(keyword, pointer, source, new Regex(source, RegexOptions.ECMAScript, timeout));
        }
        catch (ArgumentException exception)
        {
            throw new InvalidSchemaException(pointer, $"{keyword}: {exception.Message}", exception);
        }
    }
}
