using System.Text.Json;
using Loopai.Core.Audit;

namespace Loopai.Portal.Api;

/// <summary>An event as the API shows it. <c>sequence</c> and <c>hash</c> come with its seal, within a second.</summary>
public sealed record AuditEventResponse(
    Guid Id, long? Sequence, DateTimeOffset At, string Action, AuditResult Result, string? Reason, string ActorKind, Guid? ActorId, string ActorName,
    Guid? OnBehalfOfId, string? OnBehalfOfName, string? Address, string? UserAgent, string ObjectKind, string ObjectId, string? ObjectName,
    JsonElement? Before, JsonElement? After, JsonElement? Details, int Count, string? TraceId, string? Hash)
{
    public static AuditEventResponse Of(AuditRecord record)
    {
        var e = record.Event;
        return new AuditEventResponse(
            e.Id, record.Sequence, e.At, e.Action, e.Result, e.Reason, JsonNamingPolicy.SnakeCaseLower.ConvertName(e.ActorKind), e.ActorId, e.ActorName,
            e.OnBehalfOfId, e.OnBehalfOfName, e.Address, e.UserAgent, e.ObjectKind, e.ObjectId, e.ObjectName,
            Json(e.Before), Json(e.After), Json(e.Details), e.Count, e.TraceId, record.Hash is null ? null : Convert.ToHexStringLower(record.Hash));
    }

    private static JsonElement? Json(string? text) => text is null ? null : JsonElement.Parse(text);
}

/// <param name="Sequence">How far the log had come.</param>
/// <param name="Hash">The last seal there.</param>
/// <param name="At">When, letter for letter as it was signed: with three decimals, where other times leave zeros at the end out.</param>
/// <param name="KeyId">Which key signed.</param>
/// <param name="Signature">The signature; docs/audit.md says how to check it with openssl.</param>
public sealed record CheckpointResponse(long Sequence, string Hash, string At, string KeyId, string Signature)
{
    public static CheckpointResponse Of(AuditCheckpoint c) =>
        new(c.Sequence, Convert.ToHexStringLower(c.Hash), AuditText.Time(c.At), c.KeyId, Convert.ToBase64String(c.Signature));
}

/// <param name="Id">As checkpoints name it.</param>
/// <param name="PublicKey">PEM.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record AuditKeyResponse(string Id, string PublicKey, DateTimeOffset CreatedAt);

/// <summary>All keys there ever were; there are few, so they come in one window.</summary>
public sealed record AuditKeyList(IReadOnlyList<AuditKeyResponse> Items, string? NextCursor);

/// <summary>What can be set of the log.</summary>
public sealed record AuditSettingsRequest
{
    /// <summary>Days that events are kept; left out, for ever.</summary>
    public int? RetentionDays { get; init; }
}
