using Loopai.Core.Access;
using Loopai.Core.Executions;

namespace Loopai.Portal.Shell;

/// <summary>
/// Refreshes a page when executions of its environment were committed: at most once a second, less often when a refresh is slow, and now and then
/// without news, for what other instances and reviewers do.
/// </summary>
public sealed class LiveRefresh : IDisposable
{
    private const int RestPerWork = 8;
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop = new();
    private readonly IDisposable _subscription;
    private volatile bool _news;

    private LiveRefresh(ExecutionEvents events, Caller caller, Func<Task> refresh, TimeProvider clock)
    {
        _subscription = events.Subscribe(caller.OrganizationId, committed => _news |= committed.Any(e => e.EnvironmentId == caller.EnvironmentId));
        _ = RunAsync(refresh, clock, _stop.Token);
    }

    /// <summary>Begins to refresh. The callback moves to the page's own thread itself, and does not throw.</summary>
    public static LiveRefresh Start(ExecutionEvents events, Caller caller, Func<Task> refresh, TimeProvider clock) => new(events, caller, refresh, clock);

    public void Dispose()
    {
        _subscription.Dispose();
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task RunAsync(Func<Task> refresh, TimeProvider clock, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Beat, clock);
        var last = clock.GetTimestamp();
        var rest = Beat;
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                var since = clock.GetElapsedTime(last);
                if (since < rest || (!_news && since < Quiet))
                {
                    continue;
                }

                _news = false;
                var started = clock.GetTimestamp();
                await refresh();
                last = clock.GetTimestamp();
                var work = clock.GetElapsedTime(started, last) * RestPerWork;
                rest = work > Beat ? work : TimeSpan.Zero;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The page is gone.
        }
    }
}
