using System.Text.Json;
using Loopai.Core.Audit;
using Loopai.Core.Webhooks;

namespace Loopai.Portal.Api;

/// <summary>A webhook as the API shows it; <c>secret</c> stands only in the answers that make one. The values of headers stand nowhere.</summary>
public sealed record WebhookResponse(
    Guid Id, string Name, string Url, IReadOnlyList<string> EventTypes, IReadOnlyList<Guid> TaskIds, string? Environment, JsonElement? Condition,
    IReadOnlyDictionary<string, string> Headers, string? Handler, bool IsOrdered, bool IsEnabled, string? DisabledReason, WebhookState State, DateTimeOffset? PausedUntil, DateTimeOffset? OldSecretEndsAt,
    int Succeeded, int Failed, int Waiting, double? SuccessRate, DateTimeOffset? LastAt, int Revision, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string? Secret)
{
    public static WebhookResponse Of(WebhookItem item, string? secret = null)
    {
        var s = item.Subscription;
        return new(
            s.Id, s.Name, s.Url, s.EventTypes, s.TaskIds, item.Environment, s.Condition is null ? null : JsonElement.Parse(s.Condition),
            s.HeaderNames.ToDictionary(name => name, _ => AuditMask.Masked, StringComparer.Ordinal), item.Handler, s.IsOrdered, s.IsEnabled, s.DisabledReason, s.State, s.PausedUntil, s.OldSecretEndsAt,
            item.Succeeded, item.Failed, item.Waiting, item.SuccessRate, item.LastAt, s.Revision, s.CreatedBy, s.CreatedAt, s.UpdatedAt, secret);
    }
}

/// <summary>All webhooks of an organization; there are few, so they come in one window.</summary>
public sealed record WebhookList(IReadOnlyList<WebhookResponse> Items, string? NextCursor);

/// <summary>A type of event.</summary>
/// <param name="Name">As it stands in <c>type</c>.</param>
/// <param name="Description">When it is sent.</param>
/// <param name="Permission">What it takes to subscribe to it.</param>
/// <param name="Version">The version of its data's shape.</param>
/// <param name="Example">A whole body.</param>
public sealed record WebhookTypeResponse(string Name, string Description, string Permission, int Version, JsonElement Example)
{
    public static WebhookTypeResponse Of(WebhookType type) => new(type.Name, type.Description, type.Permission, WebhookType.Version, type.ExampleBody());
}

/// <summary>All types; they come in one window.</summary>
public sealed record WebhookTypeList(IReadOnlyList<WebhookTypeResponse> Items, string? NextCursor);

/// <summary>How a secret is rotated.</summary>
public sealed record WebhookRotationRequest
{
    /// <summary>For how many hours the old secret signs beside the new one: 24 unless given, 0 to end it now.</summary>
    public int? OverlapHours { get; init; }
}

/// <summary>What is to be sent again.</summary>
public sealed record WebhookReplayRequest
{
    /// <summary>From then on.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Until then; now unless given.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary><c>failed</c>, <c>dead</c> or <c>all</c>.</summary>
    public string? Which { get; init; }

    /// <summary>Only counts.</summary>
    public bool? DryRun { get; init; }
}

/// <summary>A delivery in a list.</summary>
/// <param name="Id">The delivery.</param>
/// <param name="MessageId">What the receiver knows the event by: <c>webhook-id</c>.</param>
/// <param name="Type">The event's type.</param>
/// <param name="State">How far it is.</param>
/// <param name="Attempts">Attempts since it was made or replayed.</param>
/// <param name="NextAt">When the next attempt is due.</param>
/// <param name="LastAt">When the last was made.</param>
/// <param name="LastStatus">What it was answered.</param>
/// <param name="LastError">Why it does not count as taken.</param>
/// <param name="CreatedAt">When the delivery was made.</param>
public sealed record WebhookDeliveryItem(
    Guid Id, string MessageId, string Type, WebhookDeliveryState State, int Attempts, DateTimeOffset? NextAt, DateTimeOffset? LastAt, int? LastStatus, string? LastError,
    DateTimeOffset CreatedAt)
{
    public static WebhookDeliveryItem Of(WebhookDelivery d) => new(
        d.Id, WebhookEvent.MessageIdOf(d.EventId), d.Type, d.State, d.Attempts, d.NextAt, d.LastAt, d.LastStatus, d.LastError, d.CreatedAt);
}

/// <summary>A delivery with what was sent and what came back.</summary>
public sealed record WebhookDeliveryResponse(WebhookDeliveryItem Delivery, JsonElement? Body, IReadOnlyList<WebhookAttemptResponse> Attempts)
{
    public static WebhookDeliveryResponse Of(WebhookDeliveryDetail detail) => new(
        WebhookDeliveryItem.Of(detail.Delivery), detail.Body is { } body ? JsonElement.Parse(body) : null, [.. detail.Attempts.Select(WebhookAttemptResponse.Of)]);
}

/// <summary>One attempt. Times are in milliseconds; those of name and connection are absent where a connection stood already.</summary>
public sealed record WebhookAttemptResponse(
    Guid Id, DateTimeOffset At, string Url, JsonElement RequestHeaders, int? Status, JsonElement? ResponseHeaders, string? ResponseBody, double? DnsMs, double? ConnectMs,
    double? FirstByteMs, double TotalMs, string? Error)
{
    public static WebhookAttemptResponse Of(WebhookAttempt a) => new(
        a.Id, a.At, a.Url, JsonElement.Parse(a.RequestHeaders), a.Status, a.ResponseHeaders is null ? null : JsonElement.Parse(a.ResponseHeaders), a.ResponseBody, a.DnsMs, a.ConnectMs,
        a.FirstByteMs, a.TotalMs, a.Error);
}
