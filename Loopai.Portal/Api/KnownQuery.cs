using System.Reflection;
using System.Text.Json;
using Loopai.Core.Errors;
using Loopai.Core.Text;
using Microsoft.AspNetCore.Mvc;

namespace Loopai.Portal.Api;

/// <summary>
/// Refuses query parameters that an endpoint does not know, as bodies with unknown fields are refused: a filter with a slip in its name would otherwise answer everything.
/// </summary>
public static class KnownQuery
{
    /// <summary>Every endpoint of the group takes what its handler names, and nothing else.</summary>
    public static TBuilder TakesKnownQueryOnly<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilterFactory((context, next) =>
        {
            var known = ParametersOf(context.MethodInfo).Select(p => p.Name).ToArray();
            return invocation =>
            {
                var errors = new FieldErrors();
                AddUnknown(errors, invocation.HttpContext.Request.Query, known);
                errors.ThrowIfAny("request.query", "The address asks for something that is not known.");
                return next(invocation);
            };
        });

    /// <summary>Names what is not known, with what may have been meant.</summary>
    public static void AddUnknown(FieldErrors errors, IQueryCollection query, IReadOnlyCollection<string> known)
    {
        foreach (var name in query.Keys.Where(name => !known.Contains(name, StringComparer.OrdinalIgnoreCase)))
        {
            errors.Add(name, $"Nobody knows the parameter '{name}'.{NearMiss.Hint(name, known)} Known are {string.Join(", ", known)}.");
        }
    }

    /// <summary>The parameters that a type bound with <c>[AsParameters]</c> takes from the address.</summary>
    public static IReadOnlyList<string> NamesOf(Type parameters) => [.. ParametersOf(parameters).Select(p => p.Name)];

    /// <summary>What a handler takes from the address, those of types bound with <c>[AsParameters]</c> among them.</summary>
    internal static QueryParameter[] ParametersOf(MethodInfo handler) =>
    [
        .. handler.GetParameters().SelectMany(p => p.GetCustomAttribute<AsParametersAttribute>() is not null ? ParametersOf(p.ParameterType)
            : IsSimple(Nullable.GetUnderlyingType(p.ParameterType) ?? p.ParameterType) ? [new QueryParameter(p.GetCustomAttribute<FromQueryAttribute>()?.Name ?? p.Name!, p.ParameterType)] : []),
    ];

    private static IEnumerable<QueryParameter> ParametersOf(Type parameters) => parameters.GetProperties().Where(p => p.SetMethod is not null)
        .Select(p => new QueryParameter(p.GetCustomAttribute<FromQueryAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(p.Name), p.PropertyType));

    private static bool IsSimple(Type type) =>
        type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(string[]) || type == typeof(decimal) || type == typeof(Guid) || type == typeof(DateTimeOffset) || type == typeof(DateOnly);
}

/// <param name="Name">As it stands in the address.</param>
/// <param name="Type">What its value is read as.</param>
internal sealed record QueryParameter(string Name, Type Type);
