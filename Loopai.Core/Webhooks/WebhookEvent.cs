using Loopai.Core.Data;

namespace Loopai.Core.Webhooks;

/// <summary>Something that happened, written in the transaction in which it did. The dispatch makes a delivery of it for each subscription that wants it.</summary>
public sealed class WebhookEvent : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>The environment it belongs to; null for none.</summary>
    public Guid? EnvironmentId { get; init; }

    /// <summary>The task it is about; null for none.</summary>
    public Guid? TaskId { get; init; }

    public required string Type { get; init; }

    /// <summary>In whole microseconds, which every database keeps as they are; by it events that are committed together are in order.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What there is to say, as JSON; never a secret, an input or an output.</summary>
    public required string Data { get; init; }

    /// <summary>Since when it waits for the dispatch; null when that has seen it.</summary>
    public DateTimeOffset? WaitingSince { get; set; }

    /// <summary>What receivers know it by, the same in every attempt and replay.</summary>
    public string MessageId => MessageIdOf(Id);

    public static string MessageIdOf(Guid id) => $"evt_{id:n}";
}

/// <summary>How far the dispatch of an organization is; its row is what dispatchers take turns by. There is one since the organization's first subscription.</summary>
public sealed class WebhookOutbox : ITenantOwned
{
    public required Guid OrganizationId { get; init; }

    /// <summary>The number of the last delivery that was made.</summary>
    public long LastSequence { get; set; }

    public required DateTimeOffset DispatchedAt { get; set; }
}
