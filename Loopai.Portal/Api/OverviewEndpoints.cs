using Loopai.Core.Access;
using Loopai.Core.Analytics;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>The figures of the portal's first page.</summary>
public static class OverviewEndpoints
{
    public static void MapOverview(this IEndpointRouteBuilder api)
    {
        api.MapGet("/overview", GetAsync).TakesKnownQueryOnly().WithTags("Analytics").WithSummary("The key's environment at a glance: range is 24h, 7d, 14d or 30d");
        api.MapGet("/attention", AttentionAsync).WithTags("Analytics").WithSummary("What a person should look at, most pressing first");
    }

    private static async Task<Ok<Overview>> GetAsync(Caller caller, OverviewService overview, string? range, CancellationToken ct) =>
        TypedResults.Ok(await overview.GetAsync(caller, OverviewRange.Parse(range), ct));

    private static async Task<Ok<IReadOnlyList<AttentionItem>>> AttentionAsync(Caller caller, AttentionService attention, CancellationToken ct) =>
        TypedResults.Ok(await attention.ListAsync(caller, ct));
}
