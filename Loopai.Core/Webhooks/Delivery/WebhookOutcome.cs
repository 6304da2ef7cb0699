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

    /// <summary>Notes it on the delivery.</summary>
    internal static void Note(WebhookDelivery delivery, WebhookOutcome outcome, DateTimeOffset now, bool mayRetry)
    {
        delivery.Attempts++;
        (delivery.LastAt, delivery.LastStatus, delivery.LastError) = (now, outcome.Attempt.Status, outcome.Attempt.Error);
        TimeSpan? wait = outcome.Taken || outcome.IsGone || !mayRetry ? null : RetryLadder.WaitAfter(delivery.Attempts, outcome.RetryAfter, Random.Shared.NextDouble());
        delivery.NextAt = now + wait;
        delivery.State = outcome.Taken ? WebhookDeliveryState.Succeeded : wait is null ? WebhookDeliveryState.Dead : WebhookDeliveryState.Failed;
    }
}

internal static class WebhookJson
{
    /// <summary>For people's eyes, in no page that is not encoded once more.</summary>
    public static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
