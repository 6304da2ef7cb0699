using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Validation;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Loopai.Portal.Api;

/// <summary>Validations: what was checked, what waits for a person, the verdicts, and the figures they make.</summary>
public static class ValidationEndpoints
{
    public static void MapValidations(this IEndpointRouteBuilder api)
    {
        var validations = api.MapGroup("/validations").WithTags("Validations").TakesKnownQueryOnly();
        validations.MapGet("/", ListAsync).WithSummary("List validations, newest execution first");
        validations.MapGet("/queue", QueueAsync).WithSummary("List what waits for a person, oldest first, with all that is needed to judge it");
        validations.MapGet("/{id:guid}", GetAsync).WithName("GetValidation").WithSummary("Read a validation with its execution's input and output");
        validations.MapPost("/{id:guid}/verdict", DecideAsync).WithSummary("Give the verdict: match, or the expected output");
        validations.MapPost("/{id:guid}/undo", UndoAsync).WithSummary("Take a verdict back; the validation waits in the review queue again");
        api.MapGet("/tasks/{id:guid}/quality", QualityAsync).TakesKnownQueryOnly().WithTags("Tasks").WithSummary("How good each version is, by the verdicts so far");
    }

    private static async Task<Ok<Page<ValidationResponse>>> ListAsync(
        Caller caller, ValidationService validations, [AsParameters] ValidationQuery query, [AsParameters] PageQuery page, CancellationToken ct) =>
        TypedResults.Ok((await validations.ListAsync(caller, query.ToFilter(), page.ToRequest(), ct)).Select(ValidationResponse.Of));

    private static async Task<Ok<Page<ValidationDetailResponse>>> QueueAsync(
        Caller caller, ValidationService validations, Guid? taskId, Guid? environmentId, [AsParameters] PageQuery page, CancellationToken ct) =>
        TypedResults.Ok((await validations.ListInReviewAsync(caller, taskId, environmentId, page.ToRequest(), ct)).Select(ValidationDetailResponse.Of));

    private static async Task<Ok<ValidationDetailResponse>> GetAsync(Guid id, Caller caller, ValidationService validations, CancellationToken ct) =>
        TypedResults.Ok(ValidationDetailResponse.Of(await validations.GetAsync(caller, id, ct)));

    private static async Task<Ok<ValidationResponse>> DecideAsync(
        Guid id, VerdictRequest body, Caller caller, ValidationService validations, CancellationToken ct) =>
        TypedResults.Ok(ValidationResponse.Of(await validations.DecideAsync(caller, id, body.ToVerdict(), ct)));

    private static async Task<Ok<ValidationResponse>> UndoAsync(Guid id, Caller caller, ValidationService validations, CancellationToken ct) =>
        TypedResults.Ok(ValidationResponse.Of(await validations.UndoAsync(caller, id, ct)));

    private static async Task<Ok<TaskQuality>> QualityAsync(
        Guid id, Caller caller, QualityService quality, DateTimeOffset? from, DateTimeOffset? to, Guid? environmentId, CancellationToken ct)
    {
        CheckRange(from, to);
        return TypedResults.Ok(await quality.GetAsync(caller, id, new QualityWindow(from, to, environmentId), ct));
    }

    /// <summary>A range that runs backwards holds nothing, which would look like an answer.</summary>
    internal static void CheckRange(DateTimeOffset? from, DateTimeOffset? to)
    {
        if (from >= to)
        {
            throw new InvalidException("validations.range", "from", "'from' lies before 'to'.");
        }
    }
}

/// <summary>The filters of the list. Bound with <c>[AsParameters]</c>.</summary>
public readonly record struct ValidationQuery(
    [FromQuery(Name = "taskId")] Guid? TaskId, [FromQuery(Name = "version")] int? Version, [FromQuery(Name = "status")] string? Status,
    [FromQuery(Name = "sampledBy")] string? SampledBy, [FromQuery(Name = "decidedBy")] string? DecidedBy, [FromQuery(Name = "from")] DateTimeOffset? From,
    [FromQuery(Name = "to")] DateTimeOffset? To, [FromQuery(Name = "environmentId")] Guid? EnvironmentId)
{
    public ValidationFilter ToFilter()
    {
        ValidationEndpoints.CheckRange(From, To);
        return new(TaskId, Version, QueryWords.Parse<ValidationStatus>(Status, "status"), SampledBy, DecidedBy, From, To, EnvironmentId);
    }
}

/// <summary>A verdict: exactly one of <see cref="Match"/> and <see cref="Expected"/>.</summary>
public sealed record VerdictRequest
{
    /// <summary>Whether the program's answer is right.</summary>
    public bool? Match { get; init; }

    /// <summary>The right answer; it has to fit the task's output schema.</summary>
    public JsonElement? Expected { get; init; }

    /// <summary>Whether the right answer becomes a labelled example of the task.</summary>
    public bool? AddExample { get; init; }

    public Verdict ToVerdict() => new(Match, Expected, AddExample ?? false);
}

/// <summary>A validation as the API shows it.</summary>
public sealed record ValidationResponse(
    Guid Id, Guid TaskId, int Version, Guid ExecutionId, Guid EnvironmentId, ValidationStatus Status, string SampledBy, double? Probability, double? Confidence,
    JsonElement? Actual, JsonElement? Expected, string? DecidedBy, string? DecidedByName, DateTimeOffset ExecutedAt, DateTimeOffset CreatedAt,
    DateTimeOffset? DecidedAt)
{
    public static ValidationResponse Of(ValidationRecord v) => new(
        v.Id, v.TaskId, v.Version, v.ExecutionId, v.EnvironmentId, v.Status, v.SampledBy, v.Probability, v.Confidence, Json(v.Actual), Json(v.Expected),
        v.DecidedBy, v.DecidedByName, v.ExecutedAt, v.CreatedAt, v.DecidedAt);

    internal static JsonElement? Json(string? text) => text is null ? null : JsonElement.Parse(text);
}

/// <summary>A validation with what is needed to judge it.</summary>
public sealed record ValidationDetailResponse(
    ValidationResponse Validation, string TaskName, JsonElement? Input, JsonElement? Output, IReadOnlyList<JsonElement>? Classes)
{
    public static ValidationDetailResponse Of(ValidationDetail detail) => new(
        ValidationResponse.Of(detail.Validation), detail.TaskName, ValidationResponse.Json(detail.Input), ValidationResponse.Json(detail.Output),
        detail.Classes is null ? null : [.. detail.Classes.Select(c => JsonElement.Parse(c))]);
}
