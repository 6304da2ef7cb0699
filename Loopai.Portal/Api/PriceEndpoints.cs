using Loopai.Core.Access;
using Loopai.Core.Costs.Prices;
using Loopai.Core.Costs.Savings;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>The price book, and what tasks are compared with.</summary>
public static class PriceEndpoints
{
    public static void MapPrices(this IEndpointRouteBuilder api)
    {
        var prices = api.MapGroup("/prices").WithTags("Costs");
        prices.MapGet("/", ListAsync).WithSummary("The price book: the organization's prices and the installation's list prices, those of the past and to come included");
        prices.MapPost("/", AddAsync).WithSummary("Put a price into the book; from its moment on it counts instead of the one of the same name");
        prices.MapPost("/{id:guid}/end", EndAsync).WithSummary("End a price with the hour at hand");

        var reference = api.MapGroup("/tasks/{id:guid}/cost-reference").WithTags("Costs");
        reference.MapGet("/", GetReferenceAsync).WithSummary("The language model that a task is compared with, and what its examples say about tokens");
        reference.MapPut("/", SetReferenceAsync).WithSummary("Compare a task with a language model; tokens that are not given are reckoned from the examples");
        reference.MapDelete("/", ClearReferenceAsync).WithSummary("Compare a task with nothing any more");
    }

    private static async Task<Ok<PriceBookResponse>> ListAsync(Caller caller, PriceService prices, CancellationToken ct) =>
        TypedResults.Ok(PriceBookResponse.Of(await prices.ListAsync(caller, ct)));

    private static async Task<Created<PriceResponse>> AddAsync(PriceDraft body, Caller caller, PriceService prices, CancellationToken ct)
    {
        var price = await prices.AddAsync(caller, body, ct);
        return TypedResults.Created($"{ApiPipeline.Prefix}/prices", PriceResponse.Of(price, null));
    }

    private static async Task<Ok<PriceResponse>> EndAsync(Guid id, Caller caller, PriceService prices, CancellationToken ct) =>
        TypedResults.Ok(PriceResponse.Of(await prices.EndAsync(caller, id, ct), PriceStatus.End));

    private static async Task<Ok<ReferenceResponse>> GetReferenceAsync(Guid id, Caller caller, ReferenceService references, CancellationToken ct) =>
        TypedResults.Ok(ReferenceResponse.Of(await references.GetAsync(caller, id, ct)));

    private static async Task<Ok<ReferenceResponse>> SetReferenceAsync(Guid id, ReferenceDraft body, Caller caller, ReferenceService references, CancellationToken ct) =>
        TypedResults.Ok(ReferenceResponse.Of(await references.SetAsync(caller, id, body, ct)));

    private static async Task<NoContent> ClearReferenceAsync(Guid id, Caller caller, ReferenceService references, CancellationToken ct)
    {
        await references.ClearAsync(caller, id, ct);
        return TypedResults.NoContent();
    }
}

/// <summary>A price as the API shows it.</summary>
public sealed record PriceResponse(
    Guid Id, PriceKind Kind, string? Provider, string Name, string Currency, decimal? Input, decimal? CachedInput, decimal? Output, decimal? Reasoning, decimal? PerUnit,
    bool Withdrawn, DateTimeOffset EffectiveFrom, string Source, bool IsList, PriceStatus? Status, string CreatedBy, DateTimeOffset CreatedAt)
{
    public static PriceResponse Of(Price price, PriceStatus? status) => new(
        price.Id, price.Kind, price.Provider.Length > 0 ? price.Provider : null, price.Name, price.Currency, price.Input, price.CachedInput, price.Output, price.Reasoning,
        price.PerUnit, price.Withdrawn, price.EffectiveFrom, price.Source, price.IsList, status, price.CreatedBy, price.CreatedAt);
}

/// <summary>The whole book; it is short, so it comes in one window.</summary>
public sealed record PriceBookResponse(string Currency, IReadOnlyList<PriceResponse> Items, string? NextCursor)
{
    public static PriceBookResponse Of(PriceList list) => new(list.Currency, [.. list.Items.Select(p => PriceResponse.Of(p.Price, p.Status))], null);
}

/// <summary>What a task is compared with, as the API shows it.</summary>
public sealed record ReferenceResponse(
    Guid TaskId, string? Provider, string? Model, int? InputTokens, int? OutputTokens, bool? Estimated, decimal? PerCall, string Currency, int MeasuredExamples,
    int MeasuredInputTokens, int MeasuredOutputTokens)
{
    public static ReferenceResponse Of(ReferenceState state) => new(
        state.TaskId, state.Reference?.Provider, state.Reference?.Model, state.Reference?.InputTokens, state.Reference?.OutputTokens, state.Reference?.Estimated, state.PerCall,
        state.Currency, state.Measured.Examples, state.Measured.Tokens.Input, state.Measured.Tokens.Output);
}
