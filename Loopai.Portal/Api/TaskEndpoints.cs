using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Tasks;
using Loopai.Core.Validation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>Tasks: what comes in, what goes out, how good and how fast.</summary>
public static class TaskEndpoints
{
    public static void MapTasks(this IEndpointRouteBuilder api)
    {
        var tasks = api.MapGroup("/tasks").WithTags("Tasks").TakesKnownQueryOnly();
        tasks.MapPost("/", CreateAsync).WithSummary("Create a task; the same specification again answers the existing one");
        tasks.MapGet("/", ListAsync).WithSummary("List tasks");
        tasks.MapGet("/{id:guid}", GetAsync).WithName("GetTask").WithSummary("Read a task");
        tasks.MapPatch("/{id:guid}", UpdateAsync).WithSummary("Change what is given; If-Match guards against overwriting");
        tasks.MapDelete("/{id:guid}", ArchiveAsync).WithSummary("Archive a task: its history stays, executions end");
        tasks.MapPost("/{id:guid}/restore", RestoreAsync).WithSummary("Put an archived task back into service");
    }

    private static async Task<Results<Created<TaskResponse>, Ok<TaskResponse>>> CreateAsync(
        TaskRequest body, Caller caller, TaskService tasks, ExampleService examples, HttpResponse response, CancellationToken ct)
    {
        var rows = body.Examples ?? [];
        var (task, created) = await tasks.CreateAsync(caller, body.ToSpecification(), rows, ct);
        if (!created && rows.Count > 0)
        {
            await examples.AddManyAsync(caller, task.Id, rows, ct);
        }

        response.Headers.ETag = Revisions.ETag(task.Revision);
        return created ? TypedResults.Created($"{ApiPipeline.Prefix}/tasks/{task.Id}", TaskResponse.Of(task)) : TypedResults.Ok(TaskResponse.Of(task));
    }

    private static async Task<Ok<Page<TaskResponse>>> ListAsync(
        Caller caller, TaskService tasks, [AsParameters] PageQuery page, string? search, string? status, string? sort, string? tag, CancellationToken ct)
    {
        var filter = new TaskFilter(search, QueryWords.Parse<Core.Tasks.TaskStatus>(status, "status"), QueryWords.Parse<TaskSort>(sort, "sort") ?? TaskSort.Name, tag);
        return TypedResults.Ok((await tasks.ListAsync(caller, filter, page.ToRequest(), ct)).Select(TaskResponse.Of));
    }

    private static async Task<Ok<TaskResponse>> GetAsync(Guid id, Caller caller, TaskService tasks, HttpResponse response, CancellationToken ct) =>
        Answer(await tasks.GetAsync(caller, id, ct), response);

    private static async Task<Ok<TaskResponse>> UpdateAsync(
        Guid id, TaskChangeRequest body, Caller caller, TaskService tasks, HttpRequest request, HttpResponse response, CancellationToken ct) =>
        Answer(await tasks.UpdateAsync(caller, id, body.ToSpecification(), Revisions.IfMatch(request), ct), response);

    private static async Task<Ok<TaskResponse>> ArchiveAsync(Guid id, Caller caller, TaskService tasks, HttpResponse response, CancellationToken ct) =>
        Answer(await tasks.ArchiveAsync(caller, id, ct), response);

    private static async Task<Ok<TaskResponse>> RestoreAsync(Guid id, Caller caller, TaskService tasks, HttpResponse response, CancellationToken ct) =>
        Answer(await tasks.RestoreAsync(caller, id, ct), response);

    private static Ok<TaskResponse> Answer(TaskDefinition task, HttpResponse response)
    {
        response.Headers.ETag = Revisions.ETag(task.Revision);
        return TypedResults.Ok(TaskResponse.Of(task));
    }
}

/// <summary>What a caller sends to make a task.</summary>
public sealed record TaskRequest : TaskChangeRequest
{
    /// <summary>Labelled examples to start with; more can be sent to the task's own examples endpoint.</summary>
    public IReadOnlyList<ExampleInput>? Examples { get; init; }
}

/// <summary>What a caller sends to change a task: what is left out stays as it is.</summary>
public record TaskChangeRequest
{
    private readonly bool _saysAccuracyTarget;
    private readonly bool _saysLatencyTarget;

    public string? Name { get; init; }

    public string? Description { get; init; }

    /// <summary>JSON Schema 2020-12.</summary>
    public JsonElement? InputSchema { get; init; }

    /// <summary>JSON Schema 2020-12.</summary>
    public JsonElement? OutputSchema { get; init; }

    /// <summary>0..1; null takes a task's target away.</summary>
    public double? AccuracyTarget
    {
        get;
        init => (field, _saysAccuracyTarget) = (value, true);
    }

    /// <summary>Milliseconds; null takes a task's target away.</summary>
    public double? LatencyTargetMs
    {
        get;
        init => (field, _saysLatencyTarget) = (value, true);
    }

    /// <summary>0..1: short for <c>sampling.rate</c>.</summary>
    public double? SamplingRate { get; init; }

    public SamplingPolicy? Sampling { get; init; }

    /// <summary>The team that owns the task; all zeros takes it from its team.</summary>
    public Guid? TeamId { get; init; }

    /// <summary>All of its tags; an empty list takes them away.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    public TaskSpecification ToSpecification() => new()
    {
        Name = Name,
        Description = Description,
        InputSchema = InputSchema?.GetRawText(),
        OutputSchema = OutputSchema?.GetRawText(),
        AccuracyTarget = AccuracyTarget,
        LatencyTargetMs = LatencyTargetMs,
        WithoutAccuracyTarget = _saysAccuracyTarget && AccuracyTarget is null,
        WithoutLatencyTarget = _saysLatencyTarget && LatencyTargetMs is null,
        Sampling = SamplingRate is { } rate ? (Sampling ?? new SamplingPolicy()) with { Rate = rate } : Sampling,
        TeamId = TeamId == Guid.Empty ? null : TeamId,
        WithoutTeam = TeamId == Guid.Empty,
        Tags = Tags is null ? null : new TaskTags(Tags),
    };
}

/// <summary>A task as the API shows it.</summary>
public sealed record TaskResponse(
    Guid Id, string Name, string Description, JsonElement InputSchema, JsonElement OutputSchema, double? AccuracyTarget, double? LatencyTargetMs,
    double SamplingRate, SamplingPolicy Sampling, Guid? TeamId, IReadOnlyList<string> Tags, Core.Tasks.TaskStatus Status, int? ActiveVersion, int LatestVersion, int Revision,
    string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? ArchivedAt)
{
    public static TaskResponse Of(TaskDefinition task) => new(
        task.Id, task.Name, task.Description, JsonElement.Parse(task.InputSchema), JsonElement.Parse(task.OutputSchema), task.AccuracyTarget,
        task.LatencyTargetMs, task.Sampling.Rate, task.Sampling, task.TeamId, task.Tags, task.Status, task.ActiveVersion, task.LastVersion, task.Revision,
        task.CreatedBy, task.CreatedAt, task.UpdatedAt, task.ArchivedAt);
}
