using System.Diagnostics.CodeAnalysis;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Microsoft.AspNetCore.Mvc;

namespace Loopai.Portal.Api;

/// <summary>How every list is paged: <c>?limit=&amp;cursor=</c>. Bound with <c>[AsParameters]</c>.</summary>
public readonly record struct PageQuery([FromQuery(Name = "limit")] int? Limit, [FromQuery(Name = "cursor")] string? Cursor)
{
    public PageRequest ToRequest() => new PageRequest(Limit ?? 50, Cursor).Validated();
}

/// <summary>Entity tags of what two people may edit: the revision in quotes.</summary>
public static class Revisions
{
    public static string ETag(int revision) => $"\"{revision}\"";

    /// <summary>The revision that <c>If-Match</c> names; null where the header is absent or <c>*</c>.</summary>
    public static int? IfMatch(HttpRequest request)
    {
        var header = request.Headers.IfMatch.ToString();
        return header is "" or "*" ? null
            : int.TryParse(header.Trim().Trim('"'), out var revision) ? revision
            : throw new InvalidException("request.if_match", "If-Match", "If-Match takes the ETag that reading this answered, such as \"3\".");
    }
}

/// <summary>Query values that have to be one of a few words.</summary>
public static class QueryWords
{
    /// <summary>The enum member for a word in snake_case; null for an absent word.</summary>
    /// <exception cref="InvalidException">There is no such word.</exception>
    public static T? Parse<T>(string? word, string field)
        where T : struct, Enum =>
        TryParse<T>(word, field, out var value, out var fault) ? value : throw new InvalidException("request.query", field, fault);

    /// <summary>The same, for who collects faults.</summary>
    /// <param name="word">What was written.</param>
    /// <param name="field">By what name.</param>
    /// <param name="value">The member; null for an absent word.</param>
    /// <param name="fault">What is wrong with the word, where there is no such one.</param>
    public static bool TryParse<T>(string? word, string field, out T? value, [NotNullWhen(false)] out string? fault)
        where T : struct, Enum
    {
        (value, fault) = (null, null);
        if (string.IsNullOrEmpty(word))
        {
            return true;
        }

        foreach (var known in Enum.GetValues<T>())
        {
            if (string.Equals(Of(known), word, StringComparison.OrdinalIgnoreCase) || string.Equals(known.ToString(), word, StringComparison.OrdinalIgnoreCase))
            {
                value = known;
                return true;
            }
        }

        fault = $"{field} is one of {string.Join(", ", Enum.GetValues<T>().Select(Of))}; got '{word}'.";
        return false;
    }

    /// <summary>The word for an enum member, as the API writes it: <c>invalid_output</c>.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
