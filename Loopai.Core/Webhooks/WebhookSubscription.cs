using Loopai.Core.Data;

namespace Loopai.Core.Webhooks;

/// <summary>An address that is told what happens in an organization.</summary>
public sealed class WebhookSubscription : ITenantOwned
{
    public const int MaxNameLength = 100;
    public const int MaxUrlLength = 500;

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required string Name { get; set; }

    public required string Url { get; set; }

    /// <summary>Types of events, also as <c>experiment.*</c> and <c>*</c>.</summary>
    public required IReadOnlyList<string> EventTypes { get; set; }

    /// <summary>Only events about one of these tasks; empty for all events.</summary>
    public IReadOnlyList<Guid> TaskIds { get; set; } = [];

    /// <summary>Only events of this environment, and those that belong to none; null for all.</summary>
    public Guid? EnvironmentId { get; set; }

    /// <summary>The JSON of a condition on an event's data; null for all.</summary>
    public string? Condition { get; set; }

    /// <summary>Whether an event waits until the one before it was taken, or given up.</summary>
    public bool IsOrdered { get; set; }

    /// <summary>Whether events are sent. What waits while it is off goes out when it is on again.</summary>
    public bool IsEnabled { get; set; } = true;

    /// <summary>Why Loopai switched it off; null where a person did.</summary>
    public string? DisabledReason { get; set; }

    /// <summary>The installed plugin that says what is sent; null for the event as it is.</summary>
    public Guid? HandlerId { get; set; }

    /// <summary>Headers that go along, as JSON under Data Protection; null for none.</summary>
    public byte[]? ProtectedHeaders { get; set; }

    /// <summary>The names of those headers, which are no secret.</summary>
    public IReadOnlyList<string> HeaderNames { get; set; } = [];

    /// <summary>The secret that signs, under Data Protection.</summary>
    public required byte[] ProtectedSecret { get; set; }

    /// <summary>The secret before, which signs too until <see cref="OldSecretEndsAt"/>.</summary>
    public byte[]? ProtectedOldSecret { get; set; }

    public DateTimeOffset? OldSecretEndsAt { get; set; }

    /// <summary>The failures since the last success, over all events.</summary>
    public int Failures { get; set; }

    /// <summary>Until when nothing is tried; then one event goes ahead of the others, to see.</summary>
    public DateTimeOffset? PausedUntil { get; set; }

    /// <summary>One portal at a time delivers to a subscription, so that order and load are its own.</summary>
    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>When a portal last turned to it: whoever has waited longest comes next.</summary>
    public DateTimeOffset? ServedAt { get; set; }

    public DateTimeOffset? SucceededAt { get; set; }

    /// <summary>Counts changes by people; the ETag.</summary>
    public int Revision { get; set; } = 1;

    public Guid? CreatedById { get; init; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>When it was deleted: the rows behind it go with the next sweep.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    /// <summary>In a word.</summary>
    public WebhookState State => (IsEnabled, DisabledReason, PausedUntil, Failures, SucceededAt) switch
    {
        (false, not null, _, _, _) => WebhookState.Disabled,
        (false, _, _, _, _) => WebhookState.Off,
        (_, _, not null, _, _) => WebhookState.Paused,
        (_, _, _, > 0, _) => WebhookState.Failing,
        (_, _, _, _, null) => WebhookState.Waiting,
        _ => WebhookState.Delivering,
    };
}

/// <summary>How a subscription is doing.</summary>
public enum WebhookState
{
    /// <summary>Nothing was sent yet.</summary>
    Waiting,

    /// <summary>The last event was taken.</summary>
    Delivering,

    /// <summary>The last attempt failed.</summary>
    Failing,

    /// <summary>So many attempts failed in a row that the address is left alone for a while.</summary>
    Paused,

    /// <summary>Somebody switched it off.</summary>
    Off,

    /// <summary>The receiver said that it is gone.</summary>
    Disabled,
}
