using System.Diagnostics;

namespace Loopai.Portal.Tests;

/// <summary>Waits for what another part of the system does in its own time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Asks again and again until the answer is the expected one.</summary>
    public static async Task BecomesAsync<T>(Func<Task<T>> ask, T expected)
    {
        var started = Stopwatch.GetTimestamp();
        while (!Equals(await ask(), expected))
        {
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(Patience, $"it did not become {expected}");
            await Task.Delay(50);
        }
    }

    /// <summary>Asks again and again until it is so.</summary>
    public static Task IsTrueAsync(Func<Task<bool>> condition) => BecomesAsync(condition, true);
}
