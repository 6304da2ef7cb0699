using Loopai.Core.Access;
using Loopai.Core.Audit.Streaming;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>Where the audit log is carried to.</summary>
public static class AuditStreamEndpoints
{
    public static void MapAuditStreams(this IEndpointRouteBuilder audit)
    {
        var streams = audit.MapGroup("/streams");
        streams.MapGet("/", ListAsync).WithSummary("List streams, with how far each is behind");
        streams.MapPost("/", CreateAsync).WithSummary("Carry events to a webhook or to Splunk; the secret is in this answer only");
        streams.MapPatch("/{id:guid}", UpdateAsync).WithSummary("Change a stream, or switch it on or off");
        streams.MapDelete("/{id:guid}", DeleteAsync).WithSummary("End a stream");
        streams.MapPost("/{id:guid}/test", TestAsync).WithSummary("Send one made-up event, and tell what came of it");
    }

    private static async Task<Ok<AuditStreamList>> ListAsync(Caller caller, AuditStreamService streams, CancellationToken ct) =>
        TypedResults.Ok(new AuditStreamList([.. (await streams.ListAsync(caller, ct)).Select(s => AuditStreamResponse.Of(s.Stream, s.Behind))], null));

    private static async Task<Created<AuditStreamResponse>> CreateAsync(AuditStreamRequest body, Caller caller, AuditStreamService streams, CancellationToken ct)
    {
        var created = await streams.CreateAsync(
            caller, new NewAuditStream(body.Name, QueryWords.Parse<AuditStreamKind>(body.Kind, "kind"), body.Url, body.Secret, body.FromStart ?? false), ct);
        return TypedResults.Created($"{ApiPipeline.Prefix}/audit/streams", AuditStreamResponse.Of(created.Stream, null, created.Secret));
    }

    private static async Task<Ok<AuditStreamResponse>> UpdateAsync(
        Guid id, AuditStreamChangeRequest body, Caller caller, AuditStreamService streams, CancellationToken ct) =>
        TypedResults.Ok(AuditStreamResponse.Of(await streams.UpdateAsync(caller, id, new AuditStreamChange(body.Name, body.Url, body.Secret, body.IsEnabled), ct), null));

    private static async Task<NoContent> DeleteAsync(Guid id, Caller caller, AuditStreamService streams, CancellationToken ct)
    {
        await streams.DeleteAsync(caller, id, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<AuditStreamTest>> TestAsync(Guid id, Caller caller, AuditStreamService streams, CancellationToken ct) =>
        TypedResults.Ok(await streams.TestAsync(caller, id, ct));
}

/// <summary>What is asked of a new stream.</summary>
public sealed record AuditStreamRequest
{
    public string? Name { get; init; }

    /// <summary><c>webhook</c> or <c>splunk</c>.</summary>
    public string? Kind { get; init; }

    public string? Url { get; init; }

    /// <summary>Splunk's token, or a webhook's own secret; left out, a webhook's is made.</summary>
    public string? Secret { get; init; }

    /// <summary>Carries the whole log, instead of what comes from now on.</summary>
    public bool? FromStart { get; init; }
}

/// <summary>What can be changed of a stream; what is left out stays.</summary>
public sealed record AuditStreamChangeRequest
{
    public string? Name { get; init; }

    public string? Url { get; init; }

    public string? Secret { get; init; }

    public bool? IsEnabled { get; init; }
}

/// <summary>A stream as the API shows it; <c>secret</c> stands only in the answer to its creation.</summary>
public sealed record AuditStreamResponse(
    Guid Id, string Name, AuditStreamKind Kind, string Url, bool IsEnabled, string State, long Cursor, long? Behind, int Attempts, DateTimeOffset? NextAttemptAt,
    DateTimeOffset? DeliveredAt, string? LastError, string CreatedBy, DateTimeOffset CreatedAt, string? Secret)
{
    public static AuditStreamResponse Of(AuditStream s, long? behind, string? secret = null) => new(
        s.Id, s.Name, s.Kind, s.Url, s.IsEnabled, s.State, s.Cursor, behind, s.Attempts, s.NextAttemptAt, s.DeliveredAt, s.LastError, s.CreatedBy, s.CreatedAt, secret);
}

/// <summary>All streams of an organization; there are few, so they come in one window.</summary>
public sealed record AuditStreamList(IReadOnlyList<AuditStreamResponse> Items, string? NextCursor);
