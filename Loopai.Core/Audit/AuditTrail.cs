using System.Diagnostics;
using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Data;

namespace Loopai.Core.Audit;

/// <summary>Adds events to the unit of work, so that a change and its record are committed together or not at all.</summary>
public static class AuditTrail
{
    public static void Record(this LoopaiDbContext db, Caller caller, string action, string objectKind, object objectId, object? details = null)
    {
        db.AuditEvents.Add(new AuditEvent
        {
            Id = Guid.CreateVersion7(),
            OrganizationId = caller.OrganizationId,
            At = DateTimeOffset.UtcNow,
            Action = action,
            ActorKind = caller.Kind.ToString(),
            ActorId = caller.Id,
            ActorName = caller.Name,
            ObjectKind = objectKind,
            ObjectId = objectId.ToString() ?? "",
            Details = details is null ? null : JsonSerializer.Serialize(details, JsonSerializerOptions.Web),
            TraceId = Activity.Current?.TraceId.ToString(),
        });
    }
}
