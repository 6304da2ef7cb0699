using Loopai.Core.Access;
using Loopai.Core.Executions;

namespace Loopai.Portal.Pages.Executions;

/// <summary>
/// Collects executions as they are committed, for a list that grows on top. The writer's thread only takes note; the page is told twice a second.
/// When more come than anybody can read, the oldest of them are left out: the database has them all.
/// </summary>
public sealed class LiveTail : IDisposable
{
    public const int MostRows = 200;

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly Queue<Execution> _arrived = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly IDisposable _subscription;
    private readonly Caller _caller;
    private readonly ExecutionFilter _filter;
    private long _count;

    private LiveTail(ExecutionEvents events, Caller caller, ExecutionFilter filter, Func<Task> onArrived, TimeProvider clock)
    {
        (_caller, _filter) = (caller, filter);
        _subscription = events.Subscribe(caller.OrganizationId, Note);
        _ = RunAsync(onArrived, clock, _stop.Token);
    }

    /// <summary>How many came since the last <see cref="Take"/>.</summary>
    public long Waiting => Interlocked.Read(ref _count);

    public static LiveTail Start(ExecutionEvents events, Caller caller, ExecutionFilter filter, Func<Task> onArrived, TimeProvider clock) =>
        new(events, caller, filter, onArrived, clock);

    /// <summary>What came since the last time, newest first.</summary>
    public IReadOnlyList<Execution> Take()
    {
        lock (_gate)
        {
            Execution[] taken = [.. _arrived.OrderByDescending(e => e.ExecutedAt).ThenByDescending(e => e.Id)];
            _arrived.Clear();
            _count = 0;
            return taken;
        }
    }

    public void Dispose()
    {
        _subscription.Dispose();
        _stop.Cancel();
        _stop.Dispose();
    }

    private void Note(IReadOnlyList<Execution> committed)
    {
        lock (_gate)
        {
            foreach (var execution in committed)
            {
                if (execution.EnvironmentId == _caller.EnvironmentId && _caller.May(Permissions.ExecutionsRead, execution.TaskId) && _filter.Matches(execution))
                {
                    _arrived.Enqueue(execution);
                    _count++;
                    if (_arrived.Count > MostRows)
                    {
                        _arrived.Dequeue();
                    }
                }
            }
        }
    }

    private async Task RunAsync(Func<Task> onArrived, TimeProvider clock, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Beat, clock);
        var told = 0L;
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                if (Waiting is var waiting && waiting > 0 && waiting != told)
                {
                    await onArrived();
                }

                told = Waiting;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The page is gone.
        }
    }
}
