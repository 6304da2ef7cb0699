using System.Text.Json;

namespace Loopai.Core.Webhooks;

/// <summary>What a subscription is to be. Of a change, what is null stays.</summary>
public sealed record WebhookDefinition
{
    public string? Name { get; init; }

    public string? Url { get; init; }

    /// <summary>Types of events, also as <c>experiment.*</c> and <c>*</c>.</summary>
    public IReadOnlyList<string>? EventTypes { get; init; }

    /// <summary>Only events about one of these tasks; an empty list for all events.</summary>
    public IReadOnlyList<Guid>? TaskIds { get; init; }

    /// <summary>The short name of an environment; an empty text for all.</summary>
    public string? Environment { get; init; }

    /// <summary>A condition on an event's data, such as <c>{"status": "timeout"}</c>; an empty object for all.</summary>
    public JsonElement? Condition { get; init; }

    /// <summary>Headers that go along. Given, they replace those that are there; a value of <c>•••</c> stays what it was.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>The key of an installed plugin that says what is sent, such as <c>loopai.chat-webhooks</c>; an empty text for the event as it is.</summary>
    public string? Handler { get; init; }

    public bool? IsOrdered { get; init; }

    public bool? IsEnabled { get; init; }

    /// <summary>Of a new subscription: a secret of one's own, as <c>whsec_…</c>; left out, one is made.</summary>
    public string? Secret { get; init; }
}

/// <summary>A subscription with what it did lately.</summary>
/// <param name="Subscription">The subscription.</param>
/// <param name="Environment">The short name of its environment; null for all.</param>
/// <param name="Succeeded">Deliveries of the last 24 hours that were taken.</param>
/// <param name="Failed">Deliveries of the last 24 hours whose last attempt failed.</param>
/// <param name="Waiting">Deliveries that are still to be taken.</param>
/// <param name="LastAt">When one was last tried.</param>
public sealed record WebhookItem(WebhookSubscription Subscription, string? Environment, int Succeeded, int Failed, int Waiting, DateTimeOffset? LastAt)
{
    /// <summary>The key of the plugin that says what is sent; null for none.</summary>
    public string? Handler { get; init; }

    /// <summary>The part of the last day's deliveries that was taken; null without any.</summary>
    public double? SuccessRate => Succeeded + Failed == 0 ? null : (double)Succeeded / (Succeeded + Failed);
}

/// <param name="Item">The subscription.</param>
/// <param name="Secret">Its secret; shown once.</param>
public sealed record WebhookWithSecret(WebhookItem Item, string Secret);

/// <param name="State">Only those in this state.</param>
/// <param name="Type">Only those of this type.</param>
/// <param name="From">Only those from then on.</param>
/// <param name="To">Only those before.</param>
public sealed record WebhookDeliveryFilter(WebhookDeliveryState? State = null, string? Type = null, DateTimeOffset? From = null, DateTimeOffset? To = null);

/// <summary>A delivery with its event and all attempts, the last first.</summary>
public sealed record WebhookDeliveryDetail(WebhookDelivery Delivery, WebhookEvent Event, IReadOnlyList<WebhookAttempt> Attempts)
{
    /// <summary>Whether whoever asks may read what was sent.</summary>
    public bool IsReadable { get; init; } = true;

    /// <summary>What is sent; null for whoever may not read it.</summary>
    public string? Body => IsReadable ? System.Text.Encoding.UTF8.GetString(WebhookBody.Of(Event).Span) : null;
}

/// <summary>Which deliveries are to be replayed.</summary>
/// <param name="From">From then on.</param>
/// <param name="To">Until then.</param>
/// <param name="Which">Which of them.</param>
/// <param name="DryRun">Only counts them.</param>
public sealed record WebhookReplay(DateTimeOffset? From, DateTimeOffset? To, WebhookReplayScope? Which, bool DryRun);

/// <summary>Which deliveries a replay takes.</summary>
public enum WebhookReplayScope
{
    /// <summary>Those whose last attempt failed, given up or not.</summary>
    Failed,

    /// <summary>Those that were given up.</summary>
    Dead,

    /// <summary>All, also those that were taken.</summary>
    All,
}

/// <param name="Count">How many deliveries.</param>
/// <param name="Replayed">Whether they go out again.</param>
public sealed record WebhookReplayed(int Count, bool Replayed);
