using Loopai.Core.Access;
using Loopai.Core.Experiments;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>Holdouts: units that no experiment naming them touches.</summary>
public static class HoldoutEndpoints
{
    public static void MapHoldouts(this IEndpointRouteBuilder api)
    {
        var holdouts = api.MapGroup("/holdouts").WithTags("Experiments");
        holdouts.MapGet("/", ListAsync).WithSummary("List holdouts");
        holdouts.MapPost("/", CreateAsync).WithSummary("Keep a share of all units out of the experiments that name it");
        holdouts.MapPatch("/{id:guid}", UpdateAsync).WithSummary("Describe a holdout, or change its share while no running experiment names it");
        holdouts.MapDelete("/{id:guid}", DeleteAsync).WithSummary("Delete a holdout that no experiment names");
    }

    private static async Task<Ok<HoldoutList>> ListAsync(Caller caller, HoldoutService holdouts, ExperimentUses uses, CancellationToken ct)
    {
        var usedBy = (await uses.ReadAsync(caller, ct)).Holdouts;
        return TypedResults.Ok(new HoldoutList([.. (await holdouts.ListAsync(caller, ct)).Select(h => HoldoutResponse.Of(h) with { UsedBy = [.. usedBy[h.Id]] })], null));
    }

    private static async Task<Created<HoldoutResponse>> CreateAsync(HoldoutRequest body, Caller caller, HoldoutService holdouts, CancellationToken ct)
    {
        var holdout = await holdouts.CreateAsync(caller, body.Key, body.Description, body.Share, ct);
        return TypedResults.Created($"{ApiPipeline.Prefix}/holdouts", HoldoutResponse.Of(holdout));
    }

    private static async Task<Ok<HoldoutResponse>> UpdateAsync(Guid id, HoldoutRequest body, Caller caller, HoldoutService holdouts, CancellationToken ct) =>
        TypedResults.Ok(HoldoutResponse.Of(await holdouts.UpdateAsync(caller, id, body.Description, body.Share, ct)));

    private static async Task<NoContent> DeleteAsync(Guid id, Caller caller, HoldoutService holdouts, CancellationToken ct)
    {
        await holdouts.DeleteAsync(caller, id, ct);
        return TypedResults.NoContent();
    }
}

/// <summary>A holdout as it is asked for.</summary>
public sealed record HoldoutRequest
{
    public string? Key { get; init; }

    public string? Description { get; init; }

    /// <summary>More than 0, at most 0.5.</summary>
    public double? Share { get; init; }
}

/// <param name="Items">All of them.</param>
/// <param name="NextCursor">Always null: there are few.</param>
public sealed record HoldoutList(IReadOnlyList<HoldoutResponse> Items, string? NextCursor);

/// <summary>A holdout as the API shows it. In lists it says which experiments of the environment name it.</summary>
public sealed record HoldoutResponse(
    Guid Id, string Key, string Description, double Share, string CreatedBy, DateTimeOffset CreatedAt, IReadOnlyList<ExperimentUse>? UsedBy = null)
{
    public static HoldoutResponse Of(Holdout h) => new(h.Id, h.Key, h.Description, h.Share, h.CreatedBy, h.CreatedAt);
}
