using Loopai.Core.Data;

namespace Loopai.Core.Reports.Delivery;

/// <summary>
/// A mail that a run owes somebody. It is written with the run's end and worked off afterwards. Before a mail is handed over the row says <c>Sending</c>: a portal
/// that dies between that and <c>Sent</c> leaves it uncertain, and what is uncertain is shown to a person and never sent again by itself.
/// </summary>
public sealed class ReportDelivery : ITenantOwned
{
    public const int MaxAttempts = 6;

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid RunId { get; init; }

    /// <summary>In lower case; a person who is named twice gets one mail.</summary>
    public required string Address { get; init; }

    public string Name { get; init; } = "";

    /// <summary>Whose files they get.</summary>
    public required string Audience { get; init; }

    public DeliveryStatus Status { get; set; } = DeliveryStatus.Waiting;

    public int Attempts { get; set; }

    /// <summary>When it is worked on; while it is being sent, when whoever sends it is given up for dead. Null when it is over.</summary>
    public DateTimeOffset? NextAttemptAt { get; set; }

    public DateTimeOffset? SentAt { get; set; }

    public string? Error { get; set; }

    /// <summary>SHA-256 of what the mail's links carry; null before it was sent.</summary>
    public byte[]? TokenHash { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
}

public enum DeliveryStatus
{
    Waiting,
    Sending,
    Sent,

    /// <summary>Handed over perhaps, and perhaps not: the portal ended at that moment. A person decides.</summary>
    Uncertain,

    /// <summary>The server would not take it.</summary>
    Failed,

    /// <summary>Whoever it was for wants no more of them.</summary>
    OptedOut,
}

/// <summary>Somebody who wants a report no more by mail.</summary>
public sealed class ReportOptOut : ITenantOwned
{
    public required Guid ReportId { get; init; }

    public required string Address { get; init; }

    public required Guid OrganizationId { get; init; }

    public required DateTimeOffset At { get; init; }
}
