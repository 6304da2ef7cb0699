namespace Loopai.Infrastructure.Sandbox;

/// <summary>Says when a call takes too long. One timer serves all calls of a worker.</summary>
internal sealed class WorkerDeadline : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Timer _timer;
    private readonly Action _overdue;
    private long _at = long.MaxValue;

    /// <param name="overdue">Called on a thread of the pool when the time is over.</param>
    public WorkerDeadline(Action overdue)
    {
        _overdue = overdue;
        _timer = new Timer(_ => Tick());
    }

    public void Start(TimeSpan timeout)
    {
        lock (_gate)
        {
            _at = Environment.TickCount64 + (long)Math.Ceiling(timeout.TotalMilliseconds);
            _timer.Change(timeout, Timeout.InfiniteTimeSpan);
        }
    }

    public void Stop()
    {
        lock (_gate)
        {
            _at = long.MaxValue;
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private void Tick()
    {
        lock (_gate)
        {
            // The tick may be one that was under way while its call ended and the next one began.
            if (_at == long.MaxValue)
            {
                return;
            }

            var left = _at - Environment.TickCount64;
            if (left > 0)
            {
                _timer.Change(left, Timeout.Infinite);
                return;
            }
        }

        _overdue();
    }
}
