using Loopai.Core.Data;

namespace Loopai.Core.Webhooks;

/// <summary>One event on its way to one subscription.</summary>
public sealed class WebhookDelivery : ITenantOwned
{
    public const int MaxErrorLength = 500;

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid SubscriptionId { get; init; }

    public required Guid EventId { get; init; }

    /// <summary>The event's type, beside it so that lists need not look it up.</summary>
    public required string Type { get; init; }

    /// <summary>Its place in the organization's order of events.</summary>
    public required long Sequence { get; init; }

    public WebhookDeliveryState State { get; set; }

    /// <summary>Attempts in a row; a replay begins anew.</summary>
    public int Attempts { get; set; }

    /// <summary>When the next attempt is due; null when there is none.</summary>
    public DateTimeOffset? NextAt { get; set; }

    /// <summary>Since when it has been tried: a replay begins anew.</summary>
    public required DateTimeOffset Since { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? LastAt { get; set; }

    /// <summary>The status of the last answer; null where there was none.</summary>
    public int? LastStatus { get; set; }

    /// <summary>What went wrong last; null when it was taken.</summary>
    public string? LastError { get; set; }
}

/// <summary>How far a delivery is.</summary>
public enum WebhookDeliveryState
{
    /// <summary>It has not been tried.</summary>
    Pending,

    /// <summary>The last attempt failed, and another comes.</summary>
    Failed,

    /// <summary>The receiver took it.</summary>
    Succeeded,

    /// <summary>Given up. A replay tries again.</summary>
    Dead,
}

/// <summary>One request and what came of it. The body it sent is the event's, which is the same every time.</summary>
public sealed class WebhookAttempt : ITenantOwned, IHistory
{
    /// <summary>Of an answer that much is kept.</summary>
    public const int MaxResponseBytes = 64 * 1024;

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid DeliveryId { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Url { get; init; }

    /// <summary>As JSON, with the values of custom headers masked.</summary>
    public required string RequestHeaders { get; init; }

    public int? Status { get; init; }

    /// <summary>As JSON; null where there was no answer.</summary>
    public string? ResponseHeaders { get; init; }

    /// <summary>The beginning of the answer.</summary>
    public string? ResponseBody { get; init; }

    /// <summary>Milliseconds for the name; null on a connection that stood already.</summary>
    public double? DnsMs { get; init; }

    /// <summary>Milliseconds for the connection; null on one that stood already.</summary>
    public double? ConnectMs { get; init; }

    /// <summary>Milliseconds from the beginning to the first byte of the answer.</summary>
    public double? FirstByteMs { get; init; }

    public required double TotalMs { get; init; }

    /// <summary>Why it does not count as taken; null where it does.</summary>
    public string? Error { get; init; }
}
