using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Experiments.Events;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace Loopai.Portal.Api;

/// <summary>What units did outside of Loopai.</summary>
public static class EventEndpoints
{
    /// <summary>10,000 events of ordinary size.</summary>
    private const int MaxBodyBytes = 8 * 1024 * 1024;

    public static void MapEvents(this IEndpointRouteBuilder api) => api.MapPost("/events", TakeAsync).WithTags("Experiments")
        .WithSummary("Send up to 10,000 events as JSON or JSON Lines; those that cannot be taken are left out and told")
        .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes))
        .Accepts<OutsideEvent[]>("application/json", "application/x-ndjson", "application/jsonl");

    private static async Task<Ok<EventResult>> TakeAsync(Caller caller, EventService events, HttpRequest request, CancellationToken ct)
    {
        caller.Demand(Permissions.EventsWrite);
        var isLines = IsLines(request);
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, ct);
        return TypedResults.Ok(await events.TakeAsync(caller, body.GetBuffer().AsMemory(0, (int)body.Length), isLines, ct));
    }

    private static bool IsLines(HttpRequest request) =>
        (MediaTypeHeaderValue.TryParse(request.ContentType, out var parsed) ? parsed.MediaType.Value?.ToLowerInvariant() : null) switch
        {
            "application/json" => false,
            "application/x-ndjson" or "application/ndjson" or "application/jsonl" or "application/x-jsonlines" or "application/jsonlines" => true,
            _ => throw new InvalidException(
                "events.content_type", "Content-Type", $"Content-Type says how the events are written: application/json or application/x-ndjson; got '{request.ContentType}'."),
        };
}

/// <summary>An event as it is sent.</summary>
/// <param name="Id">Its own id: sent twice, it counts once.</param>
/// <param name="Unit">The user or session; for executions without one, the execution's id.</param>
/// <param name="Name">What happened: the name that a metric counts.</param>
/// <param name="Value">How much; 1 where nothing is said.</param>
/// <param name="At">When; now where nothing is said.</param>
public sealed record OutsideEvent(string Id, string Unit, string Name, double? Value, DateTimeOffset? At);
