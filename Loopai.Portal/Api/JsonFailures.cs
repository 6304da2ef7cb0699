using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Loopai.Core.Errors;

namespace Loopai.Portal.Api;

/// <summary>Says of JSON that cannot be read what was wrong and what would be right, without a word of ours on types.</summary>
internal static partial class JsonFailures
{
    public static string Describe(JsonException e)
    {
        var place = e.Path is { Length: > 1 } path ? $" at {path}" : "";
        var line = e.LineNumber is { } number ? $" (line {number + 1}, byte {e.BytePositionInLine + 1})" : "";
        return $"The body is not the JSON that this endpoint takes{place}{line}: {Reason(e)}";
    }

    private static string Reason(JsonException e)
    {
        var text = e.Message.Split(" Path:")[0].Split(" LineNumber:")[0];
        if (Unmapped().Match(text) is { Success: true } unmapped)
        {
            return $"nobody knows the field '{unmapped.Groups["name"].Value}'{Known(TypeOf(unmapped.Groups["type"].Value))}.";
        }

        return Unconvertible().Match(text) is { Success: true } match ? Wanted(TypeOf(match.Groups["type"].Value), LastMember(e.Path)) : text;
    }

    /// <summary>The serializer names the type of the value, or the one that has a member of this name.</summary>
    private static string Wanted(Type? type, string? member)
    {
        var declared = member is null ? null : type?.GetProperty(member, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase)?.PropertyType;
        var wanted = declared ?? type;
        wanted = wanted is null ? null : Nullable.GetUnderlyingType(wanted) ?? wanted;
        return wanted switch
        {
            null => "the value is of another type than the field.",
            { IsEnum: true } => $"it is one of {string.Join(", ", Enum.GetNames(wanted).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName))}.",
            _ when wanted == typeof(string) => "it is a string.",
            _ when wanted == typeof(bool) => "it is true or false.",
            _ when wanted == typeof(int) || wanted == typeof(long) || wanted == typeof(short) => "it is a whole number.",
            _ when wanted == typeof(double) || wanted == typeof(decimal) => "it is a number.",
            _ when wanted == typeof(Guid) => "it is a UUID.",
            _ when wanted == typeof(DateTimeOffset) => "it is an RFC 3339 time, like 2026-03-01T12:00:00Z.",
            _ when wanted == typeof(DateOnly) => "it is a day, like 2026-03-01.",
            _ when typeof(IDictionary).IsAssignableFrom(wanted) || wanted.Name.Contains("Dictionary", StringComparison.Ordinal) => "it is an object.",
            _ when typeof(IEnumerable).IsAssignableFrom(wanted) => "it is a list.",
            _ => "it is an object.",
        };
    }

    private static string Known(Type? type) => type is null ? "" : $"; known are {string.Join(", ", type.GetProperties().Where(p => p.SetMethod is not null).Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name)))}";

    private static Type? TypeOf(string name) => typeof(LoopaiException).Assembly.GetType(name) ?? typeof(JsonFailures).Assembly.GetType(name) ?? Type.GetType(name);

    private static string? LastMember(string? path) => path is null ? null : MemberAtEnd().Match(path) is { Success: true } match ? match.Groups["name"].Value : null;

    [GeneratedRegex("^The JSON value could not be converted to (?<type>.+?)\\.?$", RegexOptions.NonBacktracking | RegexOptions.Singleline)]
    private static partial Regex Unconvertible();

    [GeneratedRegex("^The JSON property '(?<name>.*)' could not be mapped to any \\.NET member contained in type '(?<type>.+)'", RegexOptions.NonBacktracking | RegexOptions.Singleline)]
    private static partial Regex Unmapped();

    [GeneratedRegex("\\.(?<name>\\w+)$", RegexOptions.NonBacktracking)]
    private static partial Regex MemberAtEnd();
}
