using Loopai.Core.Access;
using Loopai.Core.Analytics;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>Figures over executions, verdicts and costs.</summary>
public static class AnalyticsEndpoints
{
    public static void MapAnalytics(this IEndpointRouteBuilder api)
    {
        var analytics = api.MapGroup("/analytics").WithTags("Analytics");
        analytics.MapGet("/query", QueryAsync).Produces<AnalyticsResult>(StatusCodes.Status200OK, "application/json", "text/csv")
            .WithSummary("Metrics by dimension and time, compared with before; JSON, or CSV with format=csv")
            .AddOpenApiOperationTransformer((operation, _, _) =>
            {
                AnalyticsParameters.Describe(operation);
                return Task.CompletedTask;
            });
        analytics.MapGet("/metrics", Metrics).TakesKnownQueryOnly().WithSummary("What can be asked for, with its formula");
        analytics.MapPost("/rebuild", RebuildAsync).WithSummary("Count days again from their executions and verdicts, and set the figures right");
    }

    private static async Task<IResult> QueryAsync(Caller caller, AnalyticsService analytics, HttpRequest request, [AsParameters] AnalyticsParameters parameters, CancellationToken ct)
    {
        var result = await analytics.QueryAsync(caller, parameters.ToQuery(request.Query), ct);
        return UsageCsv.IsWanted(request, parameters.Format) ? AnalyticsCsv.File(result) : Results.Ok(result);
    }

    private static Ok<AnalyticsMetricList> Metrics(Caller caller)
    {
        caller.DemandOnTasks(Permissions.AnalyticsRead);
        return TypedResults.Ok(new AnalyticsMetricList([.. AnalyticsMetrics.All.Select(m => new AnalyticsMetricResponse(m.Name, m.Label, m.Unit, m.Formula))], AnalyticsDimensions.All, null));
    }

    private static async Task<Ok<RebuildResult>> RebuildAsync(RebuildRequest body, Caller caller, AnalyticsRebuild rebuild, CancellationToken ct) =>
        TypedResults.Ok(await rebuild.RunAsync(caller, body.From, body.To, ct));
}

/// <param name="From">The first day, UTC.</param>
/// <param name="To">The last day.</param>
public sealed record RebuildRequest(DateOnly From, DateOnly To);

/// <param name="Items">All metrics.</param>
/// <param name="Dimensions">What they can be broken down by.</param>
/// <param name="NextCursor">Always null: there are few.</param>
public sealed record AnalyticsMetricList(IReadOnlyList<AnalyticsMetricResponse> Items, IReadOnlyList<string> Dimensions, string? NextCursor);

/// <param name="Name">As queries say it.</param>
/// <param name="Label">As people say it.</param>
/// <param name="Unit">What it is counted in.</param>
/// <param name="Formula">How it is found.</param>
public sealed record AnalyticsMetricResponse(string Name, string Label, AnalyticsUnit Unit, string Formula);
