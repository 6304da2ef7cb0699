using Loopai.Core.Access;
using Loopai.Core.Analytics.Annotations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>What happened beside the figures: deployments tell of themselves here.</summary>
public static class AnnotationEndpoints
{
    public static void MapAnnotations(this IEndpointRouteBuilder api)
    {
        var annotations = api.MapGroup("/annotations").WithTags("Analytics");
        annotations.MapGet("/", ListAsync).WithSummary("List what happened: annotations, activations, rollouts and decisions");
        annotations.MapPost("/", CreateAsync).WithSummary("Tell that something happened, such as a deployment; it is marked on every chart");
        annotations.MapDelete("/{id:guid}", DeleteAsync).WithSummary("Take an annotation back");
    }

    private static async Task<Ok<MarkList>> ListAsync(Caller caller, AnnotationService annotations, DateTimeOffset? from, DateTimeOffset? to, CancellationToken ct)
    {
        var until = to ?? DateTimeOffset.UtcNow;
        return TypedResults.Ok(new MarkList(await annotations.ListAsync(caller, from ?? until.AddDays(-7), until, ct), null));
    }

    private static async Task<Created<Mark>> CreateAsync(AnnotationDraft body, Caller caller, AnnotationService annotations, CancellationToken ct) =>
        TypedResults.Created($"{ApiPipeline.Prefix}/annotations", await annotations.CreateAsync(caller, body, ct));

    private static async Task<NoContent> DeleteAsync(Guid id, Caller caller, AnnotationService annotations, CancellationToken ct)
    {
        await annotations.DeleteAsync(caller, id, ct);
        return TypedResults.NoContent();
    }
}

/// <param name="Items">Oldest first.</param>
/// <param name="NextCursor">Always null: the range is the window.</param>
public sealed record MarkList(IReadOnlyList<Mark> Items, string? NextCursor);
