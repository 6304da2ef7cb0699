using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Api;

/// <summary>The API's routes, read off the running portal.</summary>
internal static class ApiRoutes
{
    /// <param name="Method">GET, POST, PATCH or DELETE.</param>
    /// <param name="Path">As the OpenAPI document writes it: <c>/api/v1/tasks/{id}</c>.</param>
    public sealed record Route(string Method, string Path);

    public static IReadOnlyList<Route> Of(PortalFixture portal) =>
    [
        .. from endpoint in portal.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().Distinct()
           let path = "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(s => string.Concat(s.Parts.Select(Text))))
           where path.StartsWith("/api/v1/", StringComparison.Ordinal)
           from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
           select new Route(method, path),
    ];

    private static string Text(Microsoft.AspNetCore.Routing.Patterns.RoutePatternPart part) => part switch
    {
        Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter => $"{{{parameter.Name}}}",
        Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
        _ => throw new InvalidOperationException($"Nobody thought of {part}."),
    };
}
