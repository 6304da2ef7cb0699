using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Analytics;
using Loopai.Core.Configuration;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Executions;
using Loopai.Core.Experiments.Live;
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
            .WithTags("Executions").WithSummary("Execute a task").Accepts<ExecuteRequest>("application/json").Produces<ExecuteResponse>()
            .RunAtOnce(api.ServiceProvider);
        api.MapPost("/tasks/{id:guid}/execute", (Guid id, HttpContext http, ExecutionService executions) => ExecuteEndpoint.HandleAsync(http, executions, id))
            .WithTags("Executions").WithSummary("Execute this task").Accepts<ExecuteRequest>("application/json").Produces<ExecuteResponse>()
            .RunAtOnce(api.ServiceProvider);
        api.MapPost("/batch/execute", BatchEndpoint.HandleAsync).WithTags("Executions").WithSummary("Execute a task on up to 10,000 inputs")
            .Produces<BatchExecuteResponse>()
            .WithMetadata(new RequestSizeLimitAttribute(settings.MaxBatchBodyBytes));
        api.MapGet("/executions", ListAsync).TakesKnownQueryOnly().WithTags("Executions").WithSummary("List executions of the key's environment, newest first");
        api.MapPost("/executions/{id:guid}/rerun", RerunAsync).WithTags("Executions").WithSummary("Execute the input of an execution again, on a version of choice")
            .Produces<ExecuteResponse>();
        api.MapGet("/executions/{id:guid}", GetAsync).WithTags("Executions").WithSummary("Read an execution");
    }

    private static async Task<Ok<Page<ExecutionResponse>>> ListAsync(
        Caller caller, ExecutionQueries executions, [AsParameters] PageQuery page, [AsParameters] ExecutionQuery query, CancellationToken ct) =>
        TypedResults.Ok((await executions.ListAsync(caller, query.ToFilter(), page.ToRequest(), ct)).Select(ExecutionResponse.Of));

    /// <summary>A new execution with a record of its own; the old one stays as it was.</summary>
    private static async Task RerunAsync(Guid id, RerunRequest? body, Caller caller, RerunService reruns, HttpContext http, CancellationToken ct) =>
        await ExecuteEndpoint.AnswerAsync(http, await reruns.RerunAsync(caller, id, body?.Version, ExecutionSource.Api, ct), withConfidence: true);

    private static async Task<Ok<ExecutionResponse>> GetAsync(Guid id, Caller caller, ExecutionQueries executions, CancellationToken ct) =>
        TypedResults.Ok(ExecutionResponse.Of(await executions.GetAsync(caller, id, ct)));
}

/// <summary>How to execute an input again.</summary>
public sealed record RerunRequest
{
    /// <summary>The version to ask; the active one where nothing is said.</summary>
    public int? Version { get; init; }
}

/// <summary>What to execute. The task's own address takes the same body without <c>taskId</c>.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Input">What the program is to answer; fits the task's input schema.</param>
/// <param name="Version">The version to ask; the active one where nothing is said.</param>
/// <param name="Unit">The user or session on whose behalf the decision is made.</param>
/// <param name="Attributes">What is known of the request, by which experiments choose who takes part; the input where nothing is said.</param>
/// <param name="TimeoutMs">How long the program may take.</param>
/// <param name="ForceValidation">Check this answer, whatever the sampling says.</param>
/// <param name="Confidence">False leaves the confidence out of the answer.</param>
/// <param name="ExecutedAt">The execution's own clock; only callers that may import can set it.</param>
public sealed record ExecuteRequest(
    Guid TaskId, JsonElement Input, int? Version, string? Unit, JsonElement? Attributes, int? TimeoutMs, bool? ForceValidation, bool? Confidence, DateTimeOffset? ExecutedAt);

/// <summary>The program's answer.</summary>
public sealed record ExecuteResponse(
    Guid Id, Guid ExecutionId, Guid TaskId, int Version, string Status, JsonElement Output, double? Confidence, double LatencyMs,
    bool SampledForValidation, DateTimeOffset ExecutedAt, AssignedVariant? Experiment = null);

/// <summary>Which executions are wanted. <c>keyId</c> and <c>teamId</c> are ids, or <c>none</c> for what was asked without a key, or of tasks without a team.</summary>
public readonly record struct ExecutionQuery(
    Guid? TaskId, int? Version, string? Status, DateTimeOffset? From, DateTimeOffset? To, string? Unit, string? Output, bool? Sampled, double? ConfidenceBelow,
    string? KeyId, string? TeamId)
{
    /// <summary>An id, or <see cref="ExecutionRollup.None"/> for the word <c>none</c>; null for neither.</summary>
    public static Guid? IdOrNone(string? text) => text == AnalyticsDimensions.None ? ExecutionRollup.None : Guid.TryParse(text, out var id) ? id : null;

    public ExecutionFilter ToFilter()
    {
        if (From is { } from && To is { } to && from >= to)
        {
            throw new InvalidException("executions.range", "from", "'from' lies before 'to'.");
        }

        if (ConfidenceBelow is not (null or (>= 0 and <= 1)))
        {
            throw new InvalidException("executions.confidence", "confidenceBelow", "confidenceBelow is a number from 0 to 1.");
        }

        new FieldErrors()
            .AddIf(KeyId is not null && IdOrNone(KeyId) is null, "keyId", $"keyId is the id of a key, or none; got '{KeyId}'.")
            .AddIf(TeamId is not null && IdOrNone(TeamId) is null, "teamId", $"teamId is the id of a team, or none; got '{TeamId}'.")
            .ThrowIfAny("request.query", "The executions that are wanted cannot be told.");
        return new ExecutionFilter
        {
            KeyId = IdOrNone(KeyId),
            TeamId = IdOrNone(TeamId),
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
    string? Unit, Guid? ExperimentId, int? Variant, Guid? ShadowOf, bool SampledForValidation, string? SampledBy, ExecutionSource Source, string? TraceId, DateTimeOffset ExecutedAt)
{
    public static ExecutionResponse Of(Execution e) => new(
        e.Id, e.TaskId, e.Version, e.Status, JsonElement.Parse(e.Input), e.Output is null ? null : JsonElement.Parse(e.Output), e.Error, e.Confidence,
        e.LatencyUs / 1000.0, e.Unit, e.ExperimentId, e.Variant, e.ShadowOf, e.SampledBy is not null, e.SampledBy, e.Source, e.TraceId, e.ExecutedAt);
}
