using Loopai.Core.Data;

namespace Loopai.Core.Audit.Streaming;

/// <summary>What listens at the other end.</summary>
public enum AuditStreamKind
{
    /// <summary>An address that takes a signed POST, after Standard Webhooks.</summary>
    Webhook,

    /// <summary>Splunk's HTTP Event Collector.</summary>
    Splunk,
}

/// <summary>
/// Carries an organization's events elsewhere, in order and at least once. The cursor moves only after the other end took a batch; the lease lets
/// one portal at a time carry.
/// </summary>
public sealed class AuditStream : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required string Name { get; set; }

    public required AuditStreamKind Kind { get; init; }

    public required string Url { get; set; }

    /// <summary>The webhook's signing secret or Splunk's token, under Data Protection.</summary>
    public required byte[] ProtectedSecret { get; set; }

    public bool IsEnabled { get; set; } = true;

    /// <summary>The number of the last event that the other end took.</summary>
    public long Cursor { get; set; }

    /// <summary>Failed attempts since the last success.</summary>
    public int Attempts { get; set; }

    public DateTimeOffset? NextAttemptAt { get; set; }

    public DateTimeOffset? LeaseUntil { get; set; }

    public DateTimeOffset? DeliveredAt { get; set; }

    /// <summary>What the other end said to the last attempt; null when it took it.</summary>
    public string? LastError { get; set; }

    /// <summary>In a word: <c>off</c>, <c>failing</c>, <c>waiting</c> for its first event, or <c>delivering</c>.</summary>
    public string State => !IsEnabled ? "off" : Attempts > 0 ? "failing" : DeliveredAt is null ? "waiting" : "delivering";

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
