using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Loopai.Core.Webhooks.Delivery;

/// <summary>What came of an attempt.</summary>
/// <param name="Attempt">The attempt.</param>
/// <param name="RetryAfter">How long the receiver wants to be left alone.</param>
public sealed record WebhookOutcome(WebhookAttempt Attempt, TimeSpan? RetryAfter)
{
    /// <summary>Only 2xx is success.</summary>
    public bool Taken => Attempt.Error is null;

    /// <summary>The receiver says that it is gone, and does not want to be asked again.</summary>
    public bool IsGone => Attempt.Status == (int)HttpStatusCode.Gone;

    /// <summary>The same without anything that the receiver wrote.</summary>
    internal WebhookOutcome Bare() => this with
    {
        Attempt = new WebhookAttempt
        {
            Id = Attempt.Id, OrganizationId = Attempt.OrganizationId, DeliveryId = Attempt.DeliveryId, At = Attempt.At, Url = Attempt.Url, RequestHeaders = Attempt.RequestHeaders,
            Status = Attempt.Status, DnsMs = Attempt.DnsMs, ConnectMs = Attempt.ConnectMs, FirstByteMs = Attempt.FirstByteMs, TotalMs = Attempt.TotalMs,
            Error = Taken ? null : Attempt.Status is { } status ? $"The receiver answered {status}." : "The attempt failed; why cannot be kept.",
        },
    };

    /// <summary>Notes it on the delivery.</summary>
    internal static void Note(WebhookDelivery delivery, WebhookOutcome outcome, DateTimeOffset now, bool mayRetry)
    {
        delivery.Attempts++;
        (delivery.LastAt, delivery.LastStatus, delivery.LastError) = (now, outcome.Attempt.Status, outcome.Attempt.Error);
        TimeSpan? wait = outcome.Taken || !mayRetry ? null : RetryLadder.WaitAfter(delivery.Attempts, outcome.RetryAfter, Random.Shared.NextDouble());
        delivery.NextAt = now + wait;
        delivery.State = outcome.Taken ? WebhookDeliveryState.Succeeded : wait is null ? WebhookDeliveryState.Dead : WebhookDeliveryState.Failed;
    }
}

internal static class WebhookJson
{
    /// <summary>For people's eyes, in no page that is not encoded once more.</summary>
    public static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
