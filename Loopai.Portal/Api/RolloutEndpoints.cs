using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Rollouts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>The staged move of a task's traffic to another version.</summary>
public static class RolloutEndpoints
{
    public static void MapRollouts(this IEndpointRouteBuilder api)
    {
        var rollouts = api.MapGroup("/tasks/{id:guid}/rollouts").WithTags("Rollouts");
        rollouts.MapPost("/", StartAsync).WithSummary("Begin to roll a version out in the key's environment, stage by stage");
        rollouts.MapGet("/", ListAsync).WithSummary("List a task's rollouts, newest first");
        rollouts.MapGet("/{rolloutId:guid}", GetAsync).WithSummary("Where a rollout stands, with every gate and its numbers");
        rollouts.MapGet("/{rolloutId:guid}/history", HistoryAsync).WithSummary("What happened to a rollout, with the evidence, newest first");
        rollouts.MapPost("/{rolloutId:guid}/pause", PauseAsync).WithSummary("Keep the share as it is; the gates still take it back");
        rollouts.MapPost("/{rolloutId:guid}/resume", ResumeAsync).WithSummary("Let a paused rollout move on");
        rollouts.MapPost("/{rolloutId:guid}/skip", SkipAsync).WithSummary("End the stage at hand; after the last one the version answers the task");
        rollouts.MapPost("/{rolloutId:guid}/abort", AbortAsync).WithSummary("Give all traffic back to the version in service");
    }

    private static async Task<Created<RolloutResponse>> StartAsync(Guid id, RolloutRequest body, Caller caller, RolloutService rollouts, CancellationToken ct)
    {
        var rollout = await rollouts.StartAsync(caller, id, body.DemandVersion(), body.ToPlan(), body.Force ?? false, ct);
        return TypedResults.Created($"{ApiPipeline.Prefix}/tasks/{id}/rollouts/{rollout.Id}", RolloutResponse.Of(rollout));
    }

    private static async Task<Ok<Page<RolloutResponse>>> ListAsync(Guid id, Caller caller, RolloutService rollouts, [AsParameters] PageQuery page, CancellationToken ct) =>
        TypedResults.Ok((await rollouts.ListAsync(caller, id, page.ToRequest(), ct)).Select(RolloutResponse.Of));

    private static async Task<Ok<RolloutResponse>> GetAsync(Guid id, Guid rolloutId, Caller caller, RolloutService rollouts, CancellationToken ct) =>
        TypedResults.Ok(RolloutResponse.Of(await rollouts.GetAsync(caller, id, rolloutId, ct)));

    private static async Task<Ok<RolloutEventList>> HistoryAsync(Guid id, Guid rolloutId, Caller caller, RolloutService rollouts, CancellationToken ct) =>
        TypedResults.Ok(new RolloutEventList([.. (await rollouts.HistoryAsync(caller, id, rolloutId, ct)).Select(RolloutEventResponse.Of)], null));

    private static async Task<Ok<RolloutResponse>> PauseAsync(Guid id, Guid rolloutId, RolloutStepRequest? body, Caller caller, RolloutService rollouts, CancellationToken ct) =>
        TypedResults.Ok(RolloutResponse.Of(await rollouts.PauseAsync(caller, id, rolloutId, body?.Reason, ct)));

    private static async Task<Ok<RolloutResponse>> ResumeAsync(Guid id, Guid rolloutId, RolloutStepRequest? body, Caller caller, RolloutService rollouts, CancellationToken ct) =>
        TypedResults.Ok(RolloutResponse.Of(await rollouts.ResumeAsync(caller, id, rolloutId, body?.Reason, ct)));

    private static async Task<Ok<RolloutResponse>> SkipAsync(Guid id, Guid rolloutId, RolloutStepRequest? body, Caller caller, RolloutService rollouts, CancellationToken ct) =>
        TypedResults.Ok(RolloutResponse.Of(await rollouts.SkipAsync(caller, id, rolloutId, body?.Reason, ct)));

    private static async Task<Ok<RolloutResponse>> AbortAsync(Guid id, Guid rolloutId, RolloutStepRequest? body, Caller caller, RolloutService rollouts, CancellationToken ct) =>
        TypedResults.Ok(RolloutResponse.Of(await rollouts.AbortAsync(caller, id, rolloutId, body?.Reason, ct)));
}
