using Loopai.Core.Access;
using Loopai.Core.Experiments;
using Loopai.Core.Experiments.Metrics;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>Metrics: what experiments measure.</summary>
public static class MetricEndpoints
{
    public static void MapMetrics(this IEndpointRouteBuilder api)
    {
        var metrics = api.MapGroup("/metrics").WithTags("Experiments");
        metrics.MapGet("/", ListAsync).WithSummary("List metrics, the built-in ones first");
        metrics.MapPost("/", CreateAsync).WithSummary("Define a metric");
        metrics.MapGet("/{id:guid}", GetAsync).WithSummary("Read a metric");
        metrics.MapPatch("/{id:guid}", UpdateAsync).WithSummary("Change what is given; experiments that started keep the definition they started with");
        metrics.MapDelete("/{id:guid}", ArchiveAsync).WithSummary("Keep a metric from being chosen again");
        metrics.MapPost("/{id:guid}/restore", RestoreAsync).WithSummary("Let an archived metric be chosen again");
    }

    private static async Task<Ok<MetricList>> ListAsync(Caller caller, MetricService metrics, ExperimentUses uses, bool? archived, CancellationToken ct)
    {
        var own = await metrics.ListAsync(caller, archived ?? false, ct);
        var usedBy = (await uses.ReadAsync(caller, ct)).Metrics;
        return TypedResults.Ok(new MetricList(
            [.. BuiltInMetrics.All.Select(MetricResponse.BuiltIn).Concat(own.Select(MetricResponse.Of)).Select(m => m with { UsedBy = [.. usedBy[m.Key]] })], null));
    }

    private static async Task<Created<MetricResponse>> CreateAsync(MetricDraft body, Caller caller, MetricService metrics, HttpResponse response, CancellationToken ct)
    {
        var metric = await metrics.CreateAsync(caller, body, ct);
        response.Headers.ETag = Revisions.ETag(metric.Revision);
        return TypedResults.Created($"{ApiPipeline.Prefix}/metrics/{metric.Id}", MetricResponse.Of(metric));
    }

    private static Task<Ok<MetricResponse>> GetAsync(Guid id, Caller caller, MetricService metrics, HttpResponse response, CancellationToken ct) =>
        AnswerAsync(metrics.GetAsync(caller, id, ct), response);

    private static Task<Ok<MetricResponse>> UpdateAsync(
        Guid id, MetricDraft body, Caller caller, MetricService metrics, HttpRequest request, HttpResponse response, CancellationToken ct) =>
        AnswerAsync(metrics.UpdateAsync(caller, id, body, Revisions.IfMatch(request), ct), response);

    private static Task<Ok<MetricResponse>> ArchiveAsync(Guid id, Caller caller, MetricService metrics, HttpResponse response, CancellationToken ct) =>
        AnswerAsync(metrics.SetArchivedAsync(caller, id, archived: true, ct), response);

    private static Task<Ok<MetricResponse>> RestoreAsync(Guid id, Caller caller, MetricService metrics, HttpResponse response, CancellationToken ct) =>
        AnswerAsync(metrics.SetArchivedAsync(caller, id, archived: false, ct), response);

    private static async Task<Ok<MetricResponse>> AnswerAsync(Task<Metric> verb, HttpResponse response)
    {
        var metric = await verb;
        response.Headers.ETag = Revisions.ETag(metric.Revision);
        return TypedResults.Ok(MetricResponse.Of(metric));
    }
}

/// <param name="Items">All of them.</param>
/// <param name="NextCursor">Always null: there are few.</param>
public sealed record MetricList(IReadOnlyList<MetricResponse> Items, string? NextCursor);

/// <summary>A metric as the API shows it; a built-in one has no id. In lists it says which experiments of the environment name it.</summary>
public sealed record MetricResponse(
    Guid? Id, string Key, string Name, string Description, MetricSource Source, MetricType Type, MetricDirection Direction, string? Event, string? Per, double? Quantile,
    double? WindowHours, double? Cap, double? Winsorize, double MinimumEffect, double? HourlyCost, bool IsBuiltIn, DateTimeOffset? ArchivedAt, int? Revision,
    IReadOnlyList<ExperimentUse>? UsedBy = null)
{
    public static MetricResponse Of(Metric m) => Of(m.Definition) with { Id = m.Id, ArchivedAt = m.ArchivedAt, Revision = m.Revision };

    public static MetricResponse BuiltIn(MetricDefinition definition) => Of(definition) with { IsBuiltIn = true };

    private static MetricResponse Of(MetricDefinition d) => new(
        null, d.Key, d.Name, d.Description, d.Source, d.Type, d.Direction, d.Event, d.Per, d.Quantile, d.WindowHours, d.Cap, d.Winsorize, d.MinimumEffect, d.HourlyCost, false, null, null);
}
