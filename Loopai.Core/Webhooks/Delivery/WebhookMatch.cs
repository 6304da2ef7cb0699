using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Loopai.Core.Experiments.Assignment;

namespace Loopai.Core.Webhooks.Delivery;

/// <summary>Whether a subscription wants an event; compiled once for many of them.</summary>
internal sealed class WebhookMatch
{
    private static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(500);

    private readonly WebhookSubscription _subscription;
    private readonly Condition _condition;
    private TimeSpan _spent;

    public WebhookMatch(WebhookSubscription subscription)
    {
        _subscription = subscription;

        // It was checked when it was given.
        _condition = Condition.Parse(subscription.Condition, out _) ?? Condition.Everybody;
    }

    public WebhookSubscription Subscription => _subscription;

    /// <summary>Whether its condition has taken as long as it may in one batch.</summary>
    public bool IsSpent => _spent >= Budget;

    /// <summary>An event that belongs to no environment goes to whoever asked for its type; one that is about no task to nobody who asked for tasks.</summary>
    public bool Wants(WebhookEvent told)
    {
        if (!WebhookTypes.AnyMatches(_subscription.EventTypes, told.Type)
            || (_subscription.EnvironmentId is { } environment && told.EnvironmentId is { } there && there != environment)
            || (_subscription.TaskIds.Count > 0 && (told.TaskId is not { } task || !_subscription.TaskIds.Contains(task))))
        {
            return false;
        }

        return _subscription.Condition is null || Matches(told);
    }

    private bool Matches(WebhookEvent told)
    {
        var since = Stopwatch.GetTimestamp();
        try
        {
            return _condition.Matches(JsonElement.Parse(told.Data));
        }
        catch (RegexMatchTimeoutException)
        {
            // A pattern that takes too long matches nothing; what it is asked of goes on to the others.
            return false;
        }
        finally
        {
            _spent += Stopwatch.GetElapsedTime(since);
        }
    }
}
