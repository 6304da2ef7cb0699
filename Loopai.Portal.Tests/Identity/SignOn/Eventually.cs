using System.Diagnostics;

namespace Loopai.Portal.Tests.Identity.SignOn;

/// <summary>Waits for what comes by way of another process; as long as it takes, and no longer than somebody would wait.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task IsTrueAsync(Func<Task<bool>> condition)
    {
        var since = Stopwatch.StartNew();
        while (!await condition())
        {
            since.Elapsed.ShouldBeLessThan(Patience, "what was waited for did not come");
            await Task.Delay(50);
        }
    }
}
