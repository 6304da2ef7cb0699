using Loopai.Core.Access;
using Loopai.Core.Costs.Budgets;
using Loopai.Core.Costs.Forecasting;
using Loopai.Core.Costs.Ledger;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>What may be spent, and why something was refused.</summary>
public static class BudgetEndpoints
{
    public static void MapBudgets(this IEndpointRouteBuilder api)
    {
        var budgets = api.MapGroup("/budgets").WithTags("Costs");
        budgets.MapGet("/", ListAsync).WithSummary("Every budget with how far it is used, in the order in which they are asked");
        budgets.MapPost("/", CreateAsync).WithSummary("Set a budget for the organization, an environment, a team, a task or a key");
        api.MapGet("/tasks/{id:guid}/budgets/explain", ExplainAsync).WithTags("Costs").TakesKnownQueryOnly().WithSummary("Whether an execution of a task would be let through now, and by which sum it is decided");
        budgets.MapPut("/{id:guid}", UpdateAsync).WithSummary("Change a budget as a whole; what it is for stays");
        budgets.MapDelete("/{id:guid}", DeleteAsync).WithSummary("Take a budget away");
    }

    private static async Task<Ok<BudgetList>> ListAsync(Caller caller, BudgetService budgets, CancellationToken ct) =>
        TypedResults.Ok(new BudgetList([.. (await budgets.ListAsync(caller, ct)).Select(BudgetStateResponse.Of)], null));

    private static async Task<Created<BudgetResponse>> CreateAsync(BudgetDraft body, Caller caller, BudgetService budgets, CancellationToken ct)
    {
        var budget = await budgets.CreateAsync(caller, body, ct);
        return TypedResults.Created($"{ApiPipeline.Prefix}/budgets", BudgetResponse.Of(budget));
    }

    private static async Task<Ok<BudgetResponse>> UpdateAsync(Guid id, BudgetDraft body, HttpRequest request, Caller caller, BudgetService budgets, CancellationToken ct) =>
        TypedResults.Ok(BudgetResponse.Of(await budgets.UpdateAsync(caller, id, body, Revisions.IfMatch(request), ct)));

    private static async Task<NoContent> DeleteAsync(Guid id, Caller caller, BudgetService budgets, CancellationToken ct)
    {
        await budgets.DeleteAsync(caller, id, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<BudgetExplanation>> ExplainAsync(Guid id, Caller caller, BudgetService budgets, Guid? keyId, Guid? environmentId, int? timeoutMs, CancellationToken ct) =>
        TypedResults.Ok(await budgets.ExplainAsync(caller, id, keyId, environmentId, timeoutMs, ct));
}

/// <summary>A budget as the API shows it.</summary>
public sealed record BudgetResponse(
    Guid Id, string Name, ScopeKind Scope, Guid ScopeId, BudgetPeriod Period, int? RollingDays, decimal Amount, BudgetAction Action, int? ThrottlePerMinute,
    IReadOnlyList<BudgetThreshold> Thresholds, IReadOnlyList<string> Emails, string? Webhook, int Revision, string CreatedBy, DateTimeOffset CreatedAt)
{
    public static BudgetResponse Of(Budget b) => new(
        b.Id, b.Name, b.Scope, b.ScopeId, b.Period, b.RollingDays, b.Amount, b.Action, b.ThrottlePerMinute, b.Thresholds, b.Emails, b.Webhook, b.Revision, b.CreatedBy, b.CreatedAt);
}

/// <summary>A budget with how far it is used; <c>over</c> is what is spent beyond its amount.</summary>
public sealed record BudgetStateResponse(
    BudgetResponse Budget, string ScopeName, string Currency, DateOnly First, DateOnly Last, decimal Spent, decimal Reserved, decimal Over, Outlook? Outlook, Exhaustion? Exhausted,
    IReadOnlyList<BudgetAlertResponse> Alerts)
{
    public static BudgetStateResponse Of(BudgetState s) => new(
        BudgetResponse.Of(s.Budget), s.ScopeName, s.Currency, s.First, s.Last, s.Spent, s.Reserved, s.Over, s.Outlook, s.Exhausted,
        [.. s.Alerts.Select(a => new BudgetAlertResponse(a.Percent, a.Basis, a.Spent, a.Expected, a.At))]);
}

/// <summary>That a threshold was passed in the period that counts now.</summary>
public sealed record BudgetAlertResponse(decimal Percent, ThresholdBasis Basis, decimal Spent, decimal? Expected, DateTimeOffset At);

/// <summary>All budgets; there are few, so they come in one window.</summary>
public sealed record BudgetList(IReadOnlyList<BudgetStateResponse> Items, string? NextCursor);
