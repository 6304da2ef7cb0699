using Loopai.Core.Access;
using Loopai.Core.Costs.Recommendations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>What would cost less, and what became of it.</summary>
public static class RecommendationEndpoints
{
    public static void MapRecommendations(this IEndpointRouteBuilder api)
    {
        var recommendations = api.MapGroup("/costs/recommendations").WithTags("Costs");
        recommendations.MapGet("/", ListAsync).WithSummary("What would cost less without being worse, with evidence; and what was decided, with what came of it");
        recommendations.MapPost("/{id}/take", TakeAsync).WithSummary("Do what is recommended, by the permission that it takes, and keep what was promised");
        recommendations.MapPost("/{id}/dismiss", DismissAsync).WithSummary("Take a recommendation off the list, with the reason");
        recommendations.MapPost("/{id}/restore", RestoreAsync).WithSummary("Take a dismissal back");
    }

    private static async Task<Ok<RecommendationList>> ListAsync(Caller caller, RecommendationService recommendations, CancellationToken ct) =>
        TypedResults.Ok(await recommendations.ListAsync(caller, ct));

    private static async Task<Ok<Recommendation>> TakeAsync(string id, Caller caller, RecommendationService recommendations, CancellationToken ct) =>
        TypedResults.Ok(await recommendations.TakeAsync(caller, id, ct));

    private static async Task<NoContent> DismissAsync(string id, DismissRequest body, Caller caller, RecommendationService recommendations, CancellationToken ct)
    {
        await recommendations.DismissAsync(caller, id, body.Reason, ct);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> RestoreAsync(string id, Caller caller, RecommendationService recommendations, CancellationToken ct)
    {
        await recommendations.RestoreAsync(caller, id, ct);
        return TypedResults.NoContent();
    }
}

/// <param name="Reason">Why it is not done.</param>
public sealed record DismissRequest(string? Reason = null);
