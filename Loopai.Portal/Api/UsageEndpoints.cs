using Loopai.Core.Access;
using Loopai.Core.Usage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>What was used, and how much may be.</summary>
public static class UsageEndpoints
{
    public static void MapUsage(this IEndpointRouteBuilder api)
    {
        api.MapGet("/usage", GetAsync).WithTags("Usage").WithSummary("Executions per day, key and task; as CSV with format=csv or Accept: text/csv").Produces<UsageReport>();
        api.MapGet("/quotas", ListAsync).WithTags("Usage").WithSummary("The quotas that are set, and how far each is used");
        api.MapPut("/quotas/{scopeId:guid}", SetAsync).WithTags("Usage").WithSummary("Set the quota of the organization, an environment or a key; with no limit in it, it is gone");
    }

    private static async Task<IResult> GetAsync(
        HttpRequest request, Caller caller, UsageService usage, DateOnly? from, DateOnly? to, Guid? keyId, Guid? taskId, string? format, CancellationToken ct)
    {
        var report = await usage.GetAsync(caller, new UsageFilter(from, to, keyId, taskId), ct);
        return UsageCsv.IsWanted(request, format) ? UsageCsv.File(report) : TypedResults.Ok(report);
    }

    private static async Task<Ok<QuotaList>> ListAsync(Caller caller, QuotaService quotas, CancellationToken ct) =>
        TypedResults.Ok(new QuotaList([.. (await quotas.ListAsync(caller, ct)).Select(QuotaResponse.Of)], null));

    private static async Task<NoContent> SetAsync(Guid scopeId, QuotaLimits body, Caller caller, QuotaService quotas, CancellationToken ct)
    {
        await quotas.SetAsync(caller, scopeId, body, ct);
        return TypedResults.NoContent();
    }
}

/// <summary>A quota as the API shows it.</summary>
public sealed record QuotaResponse(
    Guid ScopeId, string Scope, string Name, int? ExecutionsPerMinute, int? Burst, long? ExecutionsPerMonth, long UsedThisMonth, int? Tasks, int? TasksNow, int? Members,
    int? MembersNow, int? StorageMegabytes, double? StorageMegabytesNow)
{
    public static QuotaResponse Of(QuotaState state) => new(
        state.Scope.Id, state.Scope.Kind, state.Scope.Name, state.Quota.ExecutionsPerMinute, state.Quota.Burst, state.Quota.ExecutionsPerMonth, state.UsedThisMonth,
        state.Quota.Tasks, state.Quota.Tasks is null ? null : state.Kept?.Tasks, state.Quota.Members, state.Quota.Members is null ? null : state.Kept?.Members,
        state.Quota.StorageMegabytes, state.Kept?.Stored / 1e6);
}

/// <summary>All quotas; there are few, so they come in one window.</summary>
public sealed record QuotaList(IReadOnlyList<QuotaResponse> Items, string? NextCursor);
