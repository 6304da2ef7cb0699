using System.Diagnostics;
using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Executions;

namespace Loopai.Portal.Api;

/// <summary><c>POST /batch/execute</c>: one answer with all results, or, with <c>Accept: application/x-ndjson</c>, a line a result as they come.</summary>
public static class BatchEndpoint
{
    private const string JsonLines = "application/x-ndjson";

    public static async Task<IResult> HandleAsync(
        BatchExecuteRequest body, Caller caller, BatchService batches, TimeProvider time, HttpContext http, CancellationToken ct)
    {
        var startedAt = time.GetUtcNow();
        var started = Stopwatch.GetTimestamp();
        var batch = await batches.StartAsync(caller, body.ToRequest(), ct);
        if (WantsLines(http.Request))
        {
            await StreamAsync(batch, http.Response, ct);
            return Results.Empty;
        }

        var byId = new Dictionary<string, BatchItemResponse>(StringComparer.Ordinal);
        await foreach (var result in batch.Results.WithCancellation(ct))
        {
            byId[result.Id] = BatchItemResponse.Of(result);
        }

        var results = body.Items!.Where(i => byId.ContainsKey(i!.Id!)).Select(i => byId[i!.Id!]).ToList();
        return TypedResults.Ok(new BatchExecuteResponse(
            batch.Id, body.TaskId!.Value, batch.Version, body.Items!.Count, results.Count(r => r.Success), results.Count(r => !r.Success),
            Stopwatch.GetElapsedTime(started).TotalMilliseconds, results.Count == 0 ? 0 : results.Average(r => r.LatencyMs), results, startedAt, time.GetUtcNow()));
    }

    public static bool WantsLines(HttpRequest request) => request.Headers.Accept.ToString().Contains(JsonLines, StringComparison.OrdinalIgnoreCase);

    private static async Task StreamAsync(Batch batch, HttpResponse response, CancellationToken ct)
    {
        response.ContentType = JsonLines;
        await foreach (var result in batch.Results.WithCancellation(ct))
        {
            await JsonSerializer.SerializeAsync(response.Body, BatchItemResponse.Of(result), ApiJson.Options, ct);
            await response.Body.WriteAsync("\n"u8.ToArray(), ct);
            await response.Body.FlushAsync(ct);
        }
    }
}

/// <summary>Many inputs of one task.</summary>
public sealed record BatchExecuteRequest
{
    public Guid? TaskId { get; init; }

    /// <summary>1 to 10,000 items.</summary>
    public IReadOnlyList<BatchItemRequest?>? Items { get; init; }

    public int? Version { get; init; }

    /// <summary>1 to 100.</summary>
    public int? MaxConcurrency { get; init; }

    /// <summary>Leaves out what had not begun when an item failed.</summary>
    public bool? StopOnFirstError { get; init; }

    /// <summary>For each item.</summary>
    public int? TimeoutMs { get; init; }

    public BatchRequest ToRequest()
    {
        var errors = new FieldErrors()
            .AddIf(TaskId is null, "taskId", "Name the task to execute.")
            .AddIf(Items is null, "items", "Send the items to execute.");
        for (var i = 0; i < Items?.Count; i++)
        {
            errors.AddIf(Items[i] is null, $"items[{i}]", "An item is an object with 'id' and 'input'.");
        }

        errors.ThrowIfAny("batch.invalid", "The batch cannot be taken as it stands; nothing was executed.");
        return new BatchRequest(
            TaskId!.Value,
            [.. Items!.OfType<BatchItemRequest>().Select(i => new BatchItem(i.Id ?? "", i.Input ?? default, i.ForceValidation ?? false, i.Unit, i.ExecutedAt, i.Attributes ?? default))],
            Version, MaxConcurrency, StopOnFirstError ?? false, TimeoutMs);
    }
}

/// <summary>One input of a batch.</summary>
public sealed record BatchItemRequest
{
    /// <summary>The caller's name for it, unique in the batch.</summary>
    public string? Id { get; init; }

    public JsonElement? Input { get; init; }

    public bool? ForceValidation { get; init; }

    public string? Unit { get; init; }

    /// <summary>What is known of the request, by which experiments choose who takes part; the input where nothing is said.</summary>
    public JsonElement? Attributes { get; init; }

    /// <summary>The execution's own clock; only callers that may import can set it.</summary>
    public DateTimeOffset? ExecutedAt { get; init; }
}

/// <summary>How a batch came out.</summary>
public sealed record BatchExecuteResponse(
    Guid BatchId, Guid TaskId, int? Version, int TotalItems, int SuccessCount, int FailureCount, double TotalDurationMs, double AvgLatencyMs,
    IReadOnlyList<BatchItemResponse> Results, DateTimeOffset StartedAt, DateTimeOffset CompletedAt);

/// <summary>How one item came out.</summary>
/// <param name="Version">The version that answered it: an experiment's variant, the one that is being rolled out, or the batch's.</param>
/// <param name="Experiment">The experiment and variant that it takes part in, as a single execution tells them.</param>
public sealed record BatchItemResponse(
    string Id, Guid? ExecutionId, int? Version, bool Success, JsonElement? Output, string? ErrorMessage, double LatencyMs, bool SampledForValidation, JsonElement? Experiment)
{
    public static BatchItemResponse Of(BatchResult result) => new(
        result.Id, result.Execution?.Id, result.Execution?.Version, result.Success,
        result.Success && result.Execution?.Output is { } output ? JsonElement.Parse(output) : null,
        result.Error, result.LatencyMs, result.Execution?.SampledBy is not null,
        result.Variant is { } variant ? JsonElement.Parse(variant.Json.Span) : null);
}
