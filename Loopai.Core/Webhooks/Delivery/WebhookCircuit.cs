namespace Loopai.Core.Webhooks.Delivery;

/// <summary>
/// Leaves an address alone that fails again and again. After the pause one event goes ahead: when it is taken, all others follow; when not, the next pause is
/// twice as long. So a receiver that comes back is not run over, and one that does not costs little.
/// </summary>
internal static class WebhookCircuit
{
    /// <summary>Failures in a row, over all events.</summary>
    public const int OpensAfter = 10;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    /// <summary>Notes what came of one attempt.</summary>
    public static void Note(WebhookSubscription subscription, bool taken, DateTimeOffset now)
    {
        if (taken)
        {
            (subscription.Failures, subscription.PausedUntil, subscription.SucceededAt) = (0, null, now);
            return;
        }

        subscription.Failures++;
        if (subscription.Failures >= OpensAfter)
        {
            subscription.PausedUntil = now + PauseAfter(subscription.Failures);
        }
    }

    /// <summary>Whether the next event goes alone, to see.</summary>
    public static bool IsProbing(WebhookSubscription subscription) => subscription.PausedUntil is not null;

    public static TimeSpan PauseAfter(int failures)
    {
        var pause = Shortest * Math.Pow(2, Math.Min(failures - OpensAfter, 10));
        return pause < Longest ? pause : Longest;
    }
}
