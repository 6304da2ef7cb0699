namespace Loopai.Core.Webhooks.Delivery;

/// <summary>When a delivery that failed is tried again: the waits that Standard Webhooks suggests, over three days.</summary>
public static class RetryLadder
{
    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <summary>A receiver may ask for more time, but not for more than that.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(24);

    /// <summary>What waits longer, because its receiver was left alone or was switched off, is given up untried.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(5);

    /// <summary>All attempts, the first included.</summary>
    public static int MaxAttempts => Waits.Length + 1;

    /// <summary>The wait after so many failed attempts, up to a fifth of it longer by chance; null when it was the last.</summary>
    /// <param name="attempts">Attempts so far.</param>
    /// <param name="retryAfter">What the receiver asked for.</param>
    /// <param name="chance">From 0 to 1.</param>
    public static TimeSpan? WaitAfter(int attempts, TimeSpan? retryAfter, double chance)
    {
        if (attempts >= MaxAttempts)
        {
            return null;
        }

        var wait = Waits[Math.Max(attempts, 1) - 1] * (1 + (0.2 * chance));
        var asked = retryAfter > LongestRetryAfter ? LongestRetryAfter : retryAfter;
        return asked > wait ? asked : wait;
    }
}
