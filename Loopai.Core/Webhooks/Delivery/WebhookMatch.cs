using System.Text.Json;
using Loopai.Core.Experiments.Assignment;

namespace Loopai.Core.Webhooks.Delivery;

/// <summary>Whether a subscription wants an event; compiled once for many of them.</summary>
internal sealed class WebhookMatch
{
    private readonly WebhookSubscription _subscription;
    private readonly Condition _condition;

    public WebhookMatch(WebhookSubscription subscription)
    {
        _subscription = subscription;

        // It was checked when it was given.
        _condition = Condition.Parse(subscription.Condition, out _) ?? Condition.Everybody;
    }

    public WebhookSubscription Subscription => _subscription;

    /// <summary>An event that belongs to no environment goes to whoever asked for its type; one that is about no task to nobody who asked for tasks.</summary>
    public bool Wants(WebhookEvent told)
    {
        if (!_subscription.EventTypes.Any(pattern => WebhookTypes.Matches(pattern, told.Type))
            || (_subscription.EnvironmentId is { } environment && told.EnvironmentId is { } there && there != environment)
            || (_subscription.TaskIds.Count > 0 && (told.TaskId is not { } task || !_subscription.TaskIds.Contains(task))))
        {
            return false;
        }

        return _subscription.Condition is null || _condition.Matches(JsonElement.Parse(told.Data));
    }
}
