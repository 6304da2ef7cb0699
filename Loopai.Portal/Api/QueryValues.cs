using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using Loopai.Core.Errors;

namespace Loopai.Portal.Api;

/// <summary>
/// Refuses what an endpoint's parameters cannot take, all of it at once and in the caller's words. What binds them would take an empty value for one left out, so
/// that a filter without a value answered everything, and says nothing of an optional one that it cannot read.
/// </summary>
internal static class QueryValues
{
    private static readonly ConcurrentDictionary<MethodInfo, QueryParameter[]> Known = new();

    /// <exception cref="InvalidException">Names every value that is not one.</exception>
    public static void Check(HttpContext http)
    {
        if (!http.Request.QueryString.HasValue || http.GetEndpoint()?.Metadata.GetMetadata<MethodInfo>() is not { } handler)
        {
            return;
        }

        List<string>? messages = null;
        var errors = new FieldErrors();
        foreach (var (name, type) in Known.GetOrAdd(handler, KnownQuery.ParametersOf))
        {
            if (ReaderOf(type) is not var (what, reads) || !http.Request.Query.TryGetValue(name, out var values))
            {
                continue;
            }

            foreach (var value in values.Where(v => !reads(v ?? "")))
            {
                var message = string.IsNullOrEmpty(value) ? $"{name} has no value; it is {what}, or left out." : $"{name} cannot be '{value}'; it is {what}.";
                errors.Add(name, message);
                (messages ??= []).Add(message);
            }
        }

        errors.ThrowIfAny("request.parameter", messages is null ? "" : string.Join(' ', messages));
    }

    /// <summary>What values of a type are, and which texts are one; null for text, and for what is not read from the address.</summary>
    private static (string What, Func<string, bool> Reads)? ReaderOf(Type type)
    {
        var value = Nullable.GetUnderlyingType(type) ?? type;
        return value == typeof(Guid) ? ("a UUID", text => Guid.TryParse(text, out _))
            : value == typeof(int) ? ("a whole number", text => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _))
            : value == typeof(long) ? ("a whole number", text => long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _))
            : value == typeof(double) ? ("a number", text => double.TryParse(text, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out _))
            : value == typeof(decimal) ? ("a number", text => decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out _))
            : value == typeof(bool) ? ("true or false", text => bool.TryParse(text, out _))
            : value == typeof(DateTimeOffset) ? ("an RFC 3339 time", text => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            : value == typeof(DateOnly) ? ("a day, such as 2026-03-01", text => DateOnly.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            : value.IsEnum ? ($"one of {string.Join(", ", Enum.GetNames(value))}", text => Enum.TryParse(value, text, ignoreCase: true, out _))
            : null;
    }
}
