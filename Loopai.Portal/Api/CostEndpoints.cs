using Loopai.Core.Access;
using Loopai.Core.Costs;
using Loopai.Core.Costs.Ledger;
using Loopai.Core.Data;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>What was spent, what it saved, what it will be, and what is not priced yet.</summary>
public static class CostEndpoints
{
    public static void MapCosts(this IEndpointRouteBuilder api)
    {
        var costs = api.MapGroup("/costs").WithTags("Costs").TakesKnownQueryOnly();
        costs.MapGet("/", SummaryAsync).WithSummary("What was spent in some days, on what, and what the same would have cost as calls to language models");
        costs.MapGet("/forecast", ForecastAsync).WithSummary("What the coming 90 days will cost, with intervals and how the forecast did on the past");
        costs.MapGet("/entries", EntriesAsync).WithSummary("The ledger's entries, newest first; charges of executions stand on the executions");
        costs.MapGet("/unpriced", UnpricedAsync).WithSummary("Usage that no price fits yet");
        costs.MapGet("/reprice", PreviewAsync).WithSummary("What charges would be by the price book as it stands now");
        costs.MapPost("/reprice", RepriceAsync).WithSummary("Write the differences into the ledger; charges stay as they were");
    }

    private static async Task<Ok<CostSummary>> SummaryAsync(Caller caller, CostService costs, DateOnly? from, DateOnly? to, CancellationToken ct) =>
        TypedResults.Ok(await costs.SummaryAsync(caller, new CostRange(from, to), ct));

    private static async Task<Ok<CostForecast>> ForecastAsync(Caller caller, CostService costs, Guid? taskId, CancellationToken ct) =>
        TypedResults.Ok(await costs.ForecastAsync(caller, taskId, ct));

    private static async Task<Ok<Page<CostEntryResponse>>> EntriesAsync(
        Caller caller, LedgerService ledger, Guid? taskId, string? kind, bool? unpriced, [AsParameters] PageQuery page, CancellationToken ct) =>
        TypedResults.Ok((await ledger.ListAsync(caller, new LedgerFilter(taskId, QueryWords.Parse<CostKind>(kind, "kind"), unpriced ?? false), page.ToRequest(), ct)).Select(CostEntryResponse.Of));

    private static async Task<Ok<UnpricedList>> UnpricedAsync(Caller caller, RepriceService reprice, CancellationToken ct) =>
        TypedResults.Ok(new UnpricedList(await reprice.UnpricedAsync(caller, ct), null));

    private static async Task<Ok<RepricePreview>> PreviewAsync(Caller caller, RepriceService reprice, DateOnly? from, DateOnly? to, CancellationToken ct) =>
        TypedResults.Ok(await reprice.PreviewAsync(caller, new CostRange(from, to), ct));

    private static async Task<Ok<RepricePreview>> RepriceAsync(RepriceRequest body, Caller caller, RepriceService reprice, CancellationToken ct) =>
        TypedResults.Ok(await reprice.ApplyAsync(caller, new CostRange(body.From, body.To), body.Difference, ct));
}

/// <param name="From">The first day of UTC.</param>
/// <param name="To">The last day.</param>
/// <param name="Difference">What the preview said, so that nothing else is written than was seen; left out to take whatever it is.</param>
public sealed record RepriceRequest(DateOnly? From = null, DateOnly? To = null, decimal? Difference = null);

/// <summary>Usage without a price; there is little of it, so it comes in one window.</summary>
public sealed record UnpricedList(IReadOnlyList<UnpricedUsage> Items, string? NextCursor);

/// <summary>An entry of the ledger as the API shows it.</summary>
public sealed record CostEntryResponse(
    Guid Id, CostKind Kind, CostKind? Adjusts, Guid SubjectId, DateTimeOffset At, string Meter, decimal Quantity, decimal? Amount, string Currency, Guid? PriceId, Guid? TaskId,
    int? Version, Guid? EnvironmentId, Guid? TeamId, Guid? KeyId, Guid? ExperimentId, DateTimeOffset CreatedAt)
{
    public static CostEntryResponse Of(CostEntry e) => new(
        e.Id, e.Kind, e.Adjusts, e.SubjectId, e.At, e.Meter, e.Quantity, e.Amount, e.Currency, e.PriceId, e.TaskId, e.Version, e.EnvironmentId, e.TeamId, e.KeyId, e.ExperimentId, e.CreatedAt);
}
