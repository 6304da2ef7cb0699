using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Flags;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>Feature flags: defined, switched, targeted, tried. Programs evaluate them over OFREP.</summary>
public static class FlagEndpoints
{
    public static void MapFlags(this IEndpointRouteBuilder api)
    {
        var flags = api.MapGroup("/flags").WithTags("Flags");
        flags.MapPost("/", CreateAsync).WithSummary("Define a flag; it is off everywhere until it is switched on");
        flags.MapGet("/", ListAsync).WithSummary("List flags by key, with what they are in the key's environment");
        flags.MapGet("/{id:guid}", GetAsync).WithSummary("Read a flag with what it is in every environment");
        flags.MapPatch("/{id:guid}", UpdateAsync).WithSummary("Change a flag's description or variations; If-Match guards against overwriting");
        flags.MapDelete("/{id:guid}", ArchiveAsync).WithSummary("Archive a flag: programs are told that there is none");
        flags.MapPost("/{id:guid}/restore", RestoreAsync).WithSummary("Bring an archived flag back");
        flags.MapPatch("/{id:guid}/environments/{environment}", TargetAsync).WithSummary("Switch a flag on or off in an environment, or change whom it answers what");
        flags.MapGet("/{id:guid}/history", HistoryAsync).WithSummary("What was done to a flag, newest first");
        flags.MapPost("/{id:guid}/evaluate", EvaluateAsync).WithSummary("What a flag is for a context, with every step on the way");
    }

    private static async Task<Created<FlagResponse>> CreateAsync(FlagDefinition body, Caller caller, FlagService flags, HttpResponse response, CancellationToken ct)
    {
        var flag = await flags.CreateAsync(caller, body, ct);
        response.Headers.ETag = Revisions.ETag(flag.Flag.Revision);
        return TypedResults.Created($"{ApiPipeline.Prefix}/flags/{flag.Flag.Id}", FlagResponse.Of(flag));
    }

    private static async Task<Ok<Page<FlagListItem>>> ListAsync(
        Caller caller, FlagService flags, string? search, bool? archived, [AsParameters] PageQuery page, CancellationToken ct) =>
        TypedResults.Ok((await flags.ListAsync(caller, new FlagFilter(search, archived ?? false), page.ToRequest(), ct)).Select(FlagListItem.Of));

    private static async Task<Ok<FlagResponse>> GetAsync(Guid id, Caller caller, FlagService flags, HttpResponse response, CancellationToken ct) =>
        Answer(await flags.GetAsync(caller, id, ct), response);

    private static async Task<Ok<FlagResponse>> UpdateAsync(
        Guid id, FlagDefinition body, Caller caller, FlagService flags, HttpRequest request, HttpResponse response, CancellationToken ct) =>
        Answer(await flags.UpdateAsync(caller, id, body, Revisions.IfMatch(request), ct), response);

    private static async Task<NoContent> ArchiveAsync(Guid id, Caller caller, FlagService flags, CancellationToken ct)
    {
        await flags.ArchiveAsync(caller, id, ct);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> RestoreAsync(Guid id, Caller caller, FlagService flags, CancellationToken ct)
    {
        await flags.RestoreAsync(caller, id, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<FlagEnvironmentResponse>> TargetAsync(
        Guid id, string environment, FlagTargetingRequest body, Caller caller, FlagTargetingService targeting, HttpRequest request, HttpResponse response, CancellationToken ct)
    {
        var here = await targeting.SetAsync(caller, id, environment, body.ToChange(), Revisions.IfMatch(request), ct);
        response.Headers.ETag = Revisions.ETag(here.Revision);
        return TypedResults.Ok(FlagEnvironmentResponse.Of(here));
    }

    private static async Task<Ok<Page<FlagChangeResponse>>> HistoryAsync(Guid id, Caller caller, FlagService flags, [AsParameters] PageQuery page, CancellationToken ct) =>
        TypedResults.Ok((await flags.HistoryAsync(caller, id, page.ToRequest(), ct)).Select(FlagChangeResponse.Of));

    private static async Task<Ok<FlagEvaluationResponse>> EvaluateAsync(
        Guid id, FlagEvaluationRequest body, Caller caller, FlagTargetingService targeting, CancellationToken ct) =>
        TypedResults.Ok(FlagEvaluationResponse.Of(await targeting.ExplainAsync(caller, id, body.Environment, body.Context ?? default, ct)));

    private static Ok<FlagResponse> Answer(FlagDetail flag, HttpResponse response)
    {
        response.Headers.ETag = Revisions.ETag(flag.Flag.Revision);
        return TypedResults.Ok(FlagResponse.Of(flag));
    }
}
