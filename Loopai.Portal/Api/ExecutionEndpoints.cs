using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Configuration;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Executions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Loopai.Portal.Api;

/// <summary>Executions: run one, run many, and read them back.</summary>
public static class ExecutionEndpoints
{
    public static void MapExecutions(this IEndpointRouteBuilder api)
    {
        var settings = api.ServiceProvider.GetRequiredService<IOptions<ExecutionSettings>>().Value;

        api.MapPost("/tasks/execute", (HttpContext http, ExecutionService executions) => ExecuteEndpoint.HandleAsync(http, executions, null))
            .WithTags("Executions").WithSummary("Execute a task").Accepts<ExecuteRequest>("application/json").Produces<ExecuteResponse>();
        api.MapPost("/tasks/{id:guid}/execute", (Guid id, HttpContext http, ExecutionService executions) => ExecuteEndpoint.HandleAsync(http, executions, id))
            .WithTags("Executions").WithSummary("Execute this task").Accepts<ExecuteRequest>("application/json").Produces<ExecuteResponse>();
        api.MapPost("/batch/execute", BatchEndpoint.HandleAsync).WithTags("Executions").WithSummary("Execute a task on up to 10,000 inputs")
            .WithMetadata(new RequestSizeLimitAttribute(settings.MaxBatchBodyBytes));
        api.MapGet("/executions", ListAsync).WithTags("Executions").WithSummary("List executions of the key's environment, newest first");
        api.MapGet("/executions/{id:guid}", GetAsync).WithTags("Executions").WithSummary("Read an execution");
        api.MapPost("/executions/{id:guid}/rerun", RerunAsync).WithTags("Executions").WithSummary("Run an execution's input again, on another version if one is named");
    }

    private static async Task<Ok<Page<ExecutionResponse>>> ListAsync(
        Caller caller, ExecutionQueries executions, [AsParameters] PageQuery page, [AsParameters] ExecutionQuery query, CancellationToken ct) =>
        TypedResults.Ok((await executions.ListAsync(caller, query.ToFilter(), page.ToRequest(), ct)).Select(ExecutionResponse.Of));

    private static async Task<Ok<ExecutionResponse>> GetAsync(Guid id, Caller caller, ExecutionQueries executions, CancellationToken ct) =>
        TypedResults.Ok(ExecutionResponse.Of(await executions.GetAsync(caller, id, ct)));

    private static async Task<Ok<ExecutionResponse>> RerunAsync(Guid id, RerunRequest? body, Caller caller, RerunService reruns, CancellationToken ct)
    {
        var outcome = await reruns.RerunAsync(caller, id, body?.Version, ExecutionSource.Api, ct);
        return outcome.IsSuccess ? TypedResults.Ok(ExecutionResponse.Of(outcome.Execution!)) : throw outcome.Failure!;
    }
}

/// <summary>How to run an execution's input again.</summary>
/// <param name="Version">The version to ask; the active one where nothing is said.</param>
public sealed record RerunRequest(int? Version);

/// <summary>What to execute. The task's own address takes the same body without <c>taskId</c>.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Input">What the program is to answer; fits the task's input schema.</param>
/// <param name="Version">The version to ask; the active one where nothing is said.</param>
/// <param name="Unit">The user or session on whose behalf the decision is made.</param>
/// <param name="TimeoutMs">How long the program may take.</param>
/// <param name="ForceValidation">Check this answer, whatever the sampling says.</param>
/// <param name="Confidence">False leaves the confidence out of the answer.</param>
public sealed record ExecuteRequest(
    Guid TaskId, JsonElement Input, int? Version, string? Unit, int? TimeoutMs, bool? ForceValidation, bool? Confidence);

/// <summary>The program's answer.</summary>
public sealed record ExecuteResponse(
    Guid Id, Guid ExecutionId, Guid TaskId, int Version, string Status, JsonElement Output, double? Confidence, double LatencyMs,
    bool SampledForValidation, DateTimeOffset ExecutedAt);

/// <summary>Which executions are wanted.</summary>
public readonly record struct ExecutionQuery(
    Guid? TaskId, int? Version, string? Status, DateTimeOffset? From, DateTimeOffset? To, string? Unit, string? Output, bool? Sampled, double? ConfidenceBelow)
{
    public ExecutionFilter ToFilter()
    {
        if (From is { } from && To is { } to && from >= to)
        {
            throw new InvalidException("executions.range", "from", "'from' lies before 'to'.");
        }

        return new ExecutionFilter
        {
            TaskId = TaskId,
            Version = Version,
            FailedOnly = Status == "failed",
            Status = Status == "failed" ? null : QueryWords.Parse<ExecutionStatus>(Status, "status"),
            From = From,
            To = To,
            Unit = Unit,
            Output = Output,
            Sampled = Sampled,
            ConfidenceBelow = ConfidenceBelow,
        };
    }
}

/// <summary>An execution as the API shows it.</summary>
public sealed record ExecutionResponse(
    Guid Id, Guid TaskId, int Version, ExecutionStatus Status, JsonElement Input, JsonElement? Output, string? Error, double? Confidence, double LatencyMs,
    string? Unit, bool SampledForValidation, string? SampledBy, ExecutionSource Source, string? TraceId, DateTimeOffset ExecutedAt)
{
    public static ExecutionResponse Of(Execution e) => new(
        e.Id, e.TaskId, e.Version, e.Status, JsonElement.Parse(e.Input), e.Output is null ? null : JsonElement.Parse(e.Output), e.Error, e.Confidence,
        e.LatencyUs / 1000.0, e.Unit, e.SampledBy is not null, e.SampledBy, e.Source, e.TraceId, e.ExecutedAt);
}
