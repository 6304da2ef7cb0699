using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Webhooks;

namespace Loopai.Core.Audit;

/// <summary>Adds events to the unit of work, so that a change and its record are committed together or not at all.</summary>
public static class AuditTrail
{
    private const int MaxName = 200;
    private const int MaxText = 500;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Something was done.</summary>
    /// <param name="db">The unit of work.</param>
    /// <param name="caller">Who did it.</param>
    /// <param name="action">What: <c>task.updated</c>.</param>
    /// <param name="objectKind">To what kind of thing.</param>
    /// <param name="objectId">To which.</param>
    /// <param name="details">
    /// Anything that serializes. Its members <c>before</c> and <c>after</c> are what the thing was and is; a <c>name</c> in it or in them is what it is
    /// called. Secrets are masked.
    /// </param>
    public static void Record(this LoopaiDbContext db, Caller caller, string action, string objectKind, object objectId, object? details = null) =>
        db.Record(caller, action, objectKind, objectId, AuditResult.Success, null, details);

    /// <summary>Something was tried, and this came of it.</summary>
    /// <param name="db">The unit of work.</param>
    /// <param name="caller">Who tried.</param>
    /// <param name="action">What: <c>sign_in.failed</c>.</param>
    /// <param name="objectKind">On what kind of thing.</param>
    /// <param name="objectId">On which.</param>
    /// <param name="result">How it ended.</param>
    /// <param name="reason">Why it ended so, where that is not plain.</param>
    /// <param name="details">As for what was done.</param>
    /// <param name="count">How many alike this stands for.</param>
    public static void Record(
        this LoopaiDbContext db, Caller caller, string action, string objectKind, object objectId, AuditResult result, string? reason, object? details = null, int count = 1)
    {
        var members = details is null ? null : AuditMask.Apply(JsonSerializer.SerializeToNode(details, Json)) as JsonObject;
        var (before, after) = (Take(members, "before"), Take(members, "after"));
        var audited = new AuditEvent
        {
            Id = Guid.CreateVersion7(),
            OrganizationId = caller.OrganizationId,
            At = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()),
            Action = action,
            Result = result,
            Reason = reason is null ? null : Cut(AuditMask.Apply(reason), MaxText),
            ActorKind = caller.Kind.ToString(),
            ActorId = caller.Id,
            ActorName = Cut(caller.Name, MaxName),
            OnBehalfOfId = caller.OnBehalfOf?.Id,
            OnBehalfOfName = caller.OnBehalfOf is { } person ? Cut(person.Name, MaxName) : null,
            Address = caller.Origin?.Address is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4().ToString() : caller.Origin?.Address?.ToString(),
            UserAgent = caller.Origin?.UserAgent is { Length: > 0 } agent ? Cut(agent, MaxText) : null,
            ObjectKind = objectKind,
            ObjectId = objectId.ToString() ?? "",
            ObjectName = (NameIn(members) ?? NameIn(after) ?? NameIn(before)) is { } name ? Cut(name, MaxName) : null,
            Before = before?.ToJsonString(Json),
            After = after?.ToJsonString(Json),
            Details = members is null or { Count: 0 } ? null : members.ToJsonString(Json),
            Count = count,
            TraceId = Activity.Current?.TraceId.ToString(),
        };
        db.AuditEvents.Add(audited);
        db.AuditPending.Add(new AuditPending { OrganizationId = audited.OrganizationId, EventId = audited.Id });
        db.PublishAudited(audited);
    }

    private static JsonNode? Take(JsonObject? members, string name)
    {
        var value = members?[name];
        members?.Remove(name);
        return value;
    }

    private static string? NameIn(JsonNode? members) =>
        members is JsonObject known && known["name"] is JsonValue name && name.TryGetValue<string>(out var text) ? text : null;

    private static string Cut(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1)] + "…";
}
