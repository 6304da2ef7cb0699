using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>The audit log: read, taken away, verified, and kept.</summary>
public static class AuditEndpoints
{
    public static void MapAudit(this IEndpointRouteBuilder api)
    {
        var audit = api.MapGroup("/audit").WithTags("Audit");
        audit.MapGet("/", ListAsync).WithSummary("List events, newest first");
        audit.MapGet("/{id:guid}", GetAsync).WithSummary("Read an event");
        audit.MapGet("/export", ExportAsync).WithSummary("Take the sealed events away as JSON Lines or CSV, by their numbers")
            .Produces<Stream>(StatusCodes.Status200OK, AuditFiles.JsonLines, AuditFiles.Csv);
        audit.MapGet("/verify", VerifyAsync).WithSummary("Go over the whole chain; names the first link that does not hold");
        audit.MapGet("/checkpoints", ListCheckpointsAsync).WithSummary("List signed checkpoints, newest first");
        audit.MapPost("/checkpoints", CreateCheckpointAsync).WithSummary("Sign for the log as it is now");
        audit.MapGet("/keys", ListKeysAsync).WithSummary("The public keys that checkpoints are signed with");
        audit.MapGet("/settings", GetSettingsAsync).WithSummary("How long events are kept, and how far the log is");
        audit.MapPut("/settings", UpdateSettingsAsync).WithSummary("Set how long events are kept");
        audit.MapAuditStreams();
    }

    private static async Task<Ok<Page<AuditEventResponse>>> ListAsync(
        Caller caller, AuditQueries audit, [AsParameters] AuditQuery query, [AsParameters] PageQuery page, string? sort, CancellationToken ct)
    {
        var events = await audit.ListAsync(caller, query.ToFilter(), QueryWords.Parse<AuditSort>(sort, "sort") ?? AuditSort.Newest, page.ToRequest(), ct);
        return TypedResults.Ok(events.Select(AuditEventResponse.Of));
    }

    private static async Task<Ok<AuditEventResponse>> GetAsync(Guid id, Caller caller, AuditQueries audit, CancellationToken ct) =>
        TypedResults.Ok(AuditEventResponse.Of(await audit.GetAsync(caller, id, ct)));

    private static async Task<IResult> ExportAsync(
        Caller caller, AuditQueries audit, [AsParameters] AuditQuery query, string? format, TimeProvider time, CancellationToken ct) =>
        await AuditFiles.ExportAsync(caller, audit, query.ToFilter(), QueryWords.Parse<AuditFormat>(format, "format") ?? AuditFormat.Jsonl, "audit", time.GetUtcNow(), ct);

    private static async Task<Ok<AuditVerdict>> VerifyAsync(Caller caller, AuditVerifier verifier, CancellationToken ct) =>
        TypedResults.Ok(await verifier.VerifyAsync(caller, ct));

    private static async Task<Ok<Page<CheckpointResponse>>> ListCheckpointsAsync(
        Caller caller, AuditCheckpoints checkpoints, [AsParameters] PageQuery page, CancellationToken ct) =>
        TypedResults.Ok((await checkpoints.ListAsync(caller, page.ToRequest(), ct)).Select(CheckpointResponse.Of));

    private static async Task<Ok<CheckpointResponse>> CreateCheckpointAsync(Caller caller, AuditCheckpoints checkpoints, CancellationToken ct) =>
        TypedResults.Ok(CheckpointResponse.Of(await checkpoints.CreateAsync(caller, ct)));

    private static async Task<Ok<AuditKeyList>> ListKeysAsync(Caller caller, AuditCheckpoints checkpoints, CancellationToken ct) =>
        TypedResults.Ok(new AuditKeyList([.. (await checkpoints.KeysAsync(caller, ct)).Select(k => new AuditKeyResponse(k.Id, k.PublicKey, k.CreatedAt))], null));

    private static async Task<Ok<AuditSettings>> GetSettingsAsync(Caller caller, AuditRetention retention, CancellationToken ct) =>
        TypedResults.Ok(await retention.GetAsync(caller, ct));

    private static async Task<Ok<AuditSettings>> UpdateSettingsAsync(
        AuditSettingsRequest body, Caller caller, AuditRetention retention, CancellationToken ct) =>
        TypedResults.Ok(await retention.UpdateAsync(caller, body.RetentionDays, ct));
}

/// <summary>Which events are wanted.</summary>
public readonly record struct AuditQuery(
    string? Actor, string? Action, string? Object, string? Result, DateTimeOffset? From, DateTimeOffset? To, string? Address, string? Text)
{
    public AuditFilter ToFilter() => new()
    {
        Actor = Actor,
        Action = Action,
        Object = Object,
        Result = QueryWords.Parse<AuditResult>(Result, "result"),
        From = From?.ToUniversalTime(),
        To = To?.ToUniversalTime(),
        Address = Address,
        Text = Text,
    };
}
