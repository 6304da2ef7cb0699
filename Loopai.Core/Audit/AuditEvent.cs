using Loopai.Core.Data;

namespace Loopai.Core.Audit;

/// <summary>How what was tried ended.</summary>
public enum AuditResult
{
    /// <summary>It was done.</summary>
    Success,

    /// <summary>It was not allowed.</summary>
    Refused,

    /// <summary>It was allowed, and did not work.</summary>
    Failed,
}

/// <summary>
/// One thing that happened: who did it, to what, from where, and how it ended. Written in the transaction of the change and never altered; an
/// <see cref="AuditSeal"/> gives it its number and its place in the chain within a second.
/// </summary>
public sealed class AuditEvent : ITenantOwned, IAppendOnly
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>In whole milliseconds, which every database keeps as they are.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What happened: <c>task.created</c>.</summary>
    public required string Action { get; init; }

    public AuditResult Result { get; init; }

    /// <summary>Why it was refused or failed.</summary>
    public string? Reason { get; init; }

    public required string ActorKind { get; init; }

    public Guid? ActorId { get; init; }

    public required string ActorName { get; init; }

    /// <summary>The person for whom a key or Loopai itself acted.</summary>
    public Guid? OnBehalfOfId { get; init; }

    public string? OnBehalfOfName { get; init; }

    /// <summary>The network address that the request came from; null for what Loopai did by itself.</summary>
    public string? Address { get; init; }

    public string? UserAgent { get; init; }

    /// <summary>The kind and id of the object: <c>task</c>, <c>0198…</c>.</summary>
    public required string ObjectKind { get; init; }

    public required string ObjectId { get; init; }

    /// <summary>What the object was called then.</summary>
    public string? ObjectName { get; init; }

    /// <summary>What it was before, as JSON; never a secret.</summary>
    public string? Before { get; init; }

    /// <summary>What it is since, as JSON; never a secret.</summary>
    public string? After { get; init; }

    /// <summary>What else there is to say, as JSON; never a secret.</summary>
    public string? Details { get; init; }

    /// <summary>How many alike this one stands for: refusals that come in a flood are counted.</summary>
    public int Count { get; init; } = 1;

    public string? TraceId { get; init; }
}
