using Loopai.Core.Data;

namespace Loopai.Core.Audit;

/// <summary>One change, who made it, and to what. Written in the transaction of the change; never altered.</summary>
public sealed class AuditEvent : ITenantOwned, IAppendOnly
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>What happened: <c>task.created</c>.</summary>
    public required string Action { get; init; }

    public required string ActorKind { get; init; }

    public Guid? ActorId { get; init; }

    public required string ActorName { get; init; }

    /// <summary>The kind and id of the object: <c>task</c>, <c>0198…</c>.</summary>
    public required string ObjectKind { get; init; }

    public required string ObjectId { get; init; }

    /// <summary>What changed, as JSON; never a secret.</summary>
    public string? Details { get; init; }

    public string? TraceId { get; init; }
}
