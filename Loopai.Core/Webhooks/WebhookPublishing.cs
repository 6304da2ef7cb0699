using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Loopai.Core.Audit;
using Loopai.Core.Data;

namespace Loopai.Core.Webhooks;

/// <summary>Adds events to the unit of work, so that a change and its news are committed together or not at all.</summary>
public static class WebhookPublishing
{
    /// <summary>Receivers like their messages small; a change that is larger is told without what it was and is.</summary>
    private const int MaxData = 16_000;

    private static long lastMoment;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Something happened. A type that nobody can subscribe to is passed over.</summary>
    /// <param name="db">The unit of work.</param>
    /// <param name="organizationId">In which organization.</param>
    /// <param name="type">What: <c>rollout.advanced</c>.</param>
    /// <param name="data">What there is to say; anything that serializes. No secrets, inputs or outputs.</param>
    /// <param name="environmentId">The environment it belongs to.</param>
    /// <param name="taskId">The task it is about.</param>
    public static void Publish(this LoopaiDbContext db, Guid organizationId, string type, object data, Guid? environmentId = null, Guid? taskId = null)
    {
        if (WebhookTypes.Find(type) is not null)
        {
            db.WebhookEvents.Add(Make(organizationId, type, data, environmentId, taskId));
        }
    }

    internal static WebhookEvent Make(Guid organizationId, string type, object data, Guid? environmentId, Guid? taskId)
    {
        var now = NextMoment();
        return new WebhookEvent
        {
            Id = Guid.CreateVersion7(now), OrganizationId = organizationId, EnvironmentId = environmentId, TaskId = taskId, Type = type, At = now, WaitingSince = now,
            Data = JsonSerializer.Serialize(data, Json),
        };
    }

    /// <summary>What the audit log records is an event too, where its action is one.</summary>
    internal static void PublishAudited(this LoopaiDbContext db, AuditEvent audited)
    {
        if (audited.Result != AuditResult.Success || WebhookTypes.OfAction(audited.Action) is not { } type)
        {
            return;
        }

        var tooMuch = (audited.Before?.Length ?? 0) + (audited.After?.Length ?? 0) + (audited.Details?.Length ?? 0) > MaxData;
        Guid? task = audited.ObjectKind == "task" && Guid.TryParse(audited.ObjectId, out var id) ? id : null;
        db.Publish(
            audited.OrganizationId, type,
            new JsonObject
            {
                ["object"] = new JsonObject { ["kind"] = audited.ObjectKind, ["id"] = audited.ObjectId, ["name"] = audited.ObjectName },
                ["actor"] = new JsonObject { ["kind"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(audited.ActorKind), ["id"] = audited.ActorId, ["name"] = audited.ActorName },
                ["action"] = audited.Action,
                ["before"] = Node(tooMuch ? null : audited.Before),
                ["after"] = Node(tooMuch ? null : audited.After),
                ["details"] = tooMuch ? new JsonObject { ["shortened"] = true } : Node(audited.Details),
            },
            taskId: task);
    }

    /// <summary>Later than the last one by a microsecond at least, so that what one portal told first comes first.</summary>
    private static DateTimeOffset NextMoment()
    {
        while (true)
        {
            var last = Interlocked.Read(ref lastMoment);
            var now = DateTimeOffset.UtcNow.UtcTicks;
            var next = Math.Max(now - (now % TimeSpan.TicksPerMicrosecond), last + TimeSpan.TicksPerMicrosecond);
            if (Interlocked.CompareExchange(ref lastMoment, next, last) == last)
            {
                return new DateTimeOffset(next, TimeSpan.Zero);
            }
        }
    }

    private static JsonNode? Node(string? json) => json is null ? null : JsonNode.Parse(json);
}
