using Loopai.Core.Access;
using Loopai.Core.Analytics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Loopai.Portal.Api;

/// <summary>Figures over executions, verdicts and costs.</summary>
public static class AnalyticsEndpoints
{
    public static void MapAnalytics(this IEndpointRouteBuilder api)
    {
        var analytics = api.MapGroup("/analytics").WithTags("Analytics");
        analytics.MapGet("/query", QueryAsync).Produces<AnalyticsResult>(StatusCodes.Status200OK, "application/json", "text/csv")
            .WithSummary("Metrics by dimension and time, compared with before; JSON, or CSV with format=csv");
        analytics.MapGet("/metrics", Metrics).WithSummary("What can be asked for, with its formula");
        analytics.MapPost("/rebuild", RebuildAsync).WithSummary("Count days again from their executions and verdicts, and set the figures right");
    }

    private static async Task<IResult> QueryAsync(Caller caller, AnalyticsService analytics, HttpRequest request, [AsParameters] AnalyticsParameters parameters, CancellationToken ct)
    {
        var result = await analytics.QueryAsync(caller, parameters.ToQuery(), ct);
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

/// <summary>The question, as a URL asks it. Lists are separated by commas.</summary>
public readonly record struct AnalyticsParameters
{
    /// <summary>Of <c>/analytics/metrics</c>: <c>executions,errorRate</c>; executions when left out. Series are ranked by the first.</summary>
    [FromQuery(Name = "metrics")] public string? Metrics { get; init; }

    /// <summary>At most two of task, version, environment, key, team, experiment, variant, status.</summary>
    [FromQuery(Name = "dimensions")] public string? Dimensions { get; init; }

    /// <summary><c>dimension:in:value,value</c> or <c>dimension:not_in:value</c>, as often as there are filters.</summary>
    [FromQuery(Name = "filter")] public string[]? Filter { get; init; }

    /// <summary>Executed at or after; a week before <c>to</c> when left out.</summary>
    [FromQuery(Name = "from")] public DateTimeOffset? From { get; init; }

    /// <summary>Executed before; now when left out.</summary>
    [FromQuery(Name = "to")] public DateTimeOffset? To { get; init; }

    /// <summary>none, minute, hour, day, week or month.</summary>
    [FromQuery(Name = "interval")] public string? Interval { get; init; }

    /// <summary>IANA name of the zone in which days begin; UTC when left out.</summary>
    [FromQuery(Name = "timeZone")] public string? TimeZone { get; init; }

    /// <summary>none, previous_period, previous_week or previous_year.</summary>
    [FromQuery(Name = "compareTo")] public string? CompareTo { get; init; }

    /// <summary>How many series; the rest is added up as <c>other</c>.</summary>
    [FromQuery(Name = "top")] public int? Top { get; init; }

    /// <summary>Whether to tell how latencies are spread, too.</summary>
    [FromQuery(Name = "latencies")] public bool? Latencies { get; init; }

    /// <summary>json or csv.</summary>
    [FromQuery(Name = "format")] public string? Format { get; init; }

    public AnalyticsQuery ToQuery()
    {
        var to = To ?? DateTimeOffset.UtcNow;
        return new AnalyticsQuery(
            Words(Metrics ?? AnalyticsMetrics.Executions), Words(Dimensions), [.. (Filter ?? []).Select(ParseFilter)], (From ?? to.AddDays(-7)).ToUniversalTime(), to.ToUniversalTime(),
            QueryWords.Parse<AnalyticsInterval>(Interval, "interval") ?? AnalyticsInterval.None, TimeZone ?? "UTC",
            QueryWords.Parse<AnalyticsCompare>(CompareTo, "compareTo") ?? AnalyticsCompare.None, Top)
        {
            WithLatencies = Latencies ?? false,
        };
    }

    private static string[] Words(string? text) => (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static AnalyticsFilter ParseFilter(string text)
    {
        var parts = text.Split(':', 3);
        return parts.Length == 3
            ? new AnalyticsFilter(parts[0], QueryWords.Parse<AnalyticsOperator>(parts[1], "filter") ?? AnalyticsOperator.In, Words(parts[2]))
            : throw new Core.Errors.InvalidException("request.query", "filter", $"A filter reads dimension:in:value,value or dimension:not_in:value; got '{text}'.");
    }
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
