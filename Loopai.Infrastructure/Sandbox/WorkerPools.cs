using Loopai.Core.Programs;

namespace Loopai.Infrastructure.Sandbox;

/// <summary>Who gets a worker next: warm ones first, then new ones up to the limits, then the room of the longest idle worker of
/// another program, then a place in the queue.</summary>
internal sealed class WorkerPools(SandboxOptions options)
{
    /// <summary>After how many milliseconds without a call a worker gives way to one that is only kept ready; those that are kept are so more often.</summary>
    private const long Unused = 30_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, ProgramPool> _pools = [];
    private readonly WaitingCallers _waiting = new();
    private int _workers;
    private bool _closed;

    /// <summary>A worker or the room for one; null when too many wait already, or waited too long.</summary>
    public ValueTask<WorkerGrant?> TakeAsync(ProgramSource program, CancellationToken ct)
    {
        WaitingCaller caller;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            StopDeadIdle(program.Id);
            var pool = PoolOf(program);
            if (pool.Idle.Count > 0)
            {
                return new(new WorkerGrant(pool, TakeIdle(pool, pool.Idle.Count - 1)));
            }

            if (pool.Workers < options.WorkersPerProgram && (_workers < options.MaxWorkers || MakeRoom()))
            {
                pool.Workers++;
                _workers++;
                return new(new WorkerGrant(pool, null));
            }

            if (_waiting.Count >= options.MaxWaiting)
            {
                return new((WorkerGrant?)null);
            }

            caller = _waiting.Add(pool);
        }

        return WaitAsync(caller, ct);
    }

    /// <summary>Whether a worker of the program has loaded it, and still lives.</summary>
    public bool IsWarm(Guid program)
    {
        lock (_gate)
        {
            return _pools.TryGetValue(program, out var pool) && pool is { IsLoaded: true, Workers: > 0 };
        }
    }

    /// <summary>Lets the program keep its warmest idle worker. When it has none at all, not even one at work or being started, the room for one, where there is room or a worker
    /// of another that nobody called for a while; who asks does not wait for it.</summary>
    public (bool IsKept, WorkerGrant? Room) Keep(ProgramSource program)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            StopDeadIdle(program.Id);
            if (_pools.TryGetValue(program.Id, out var pool) && pool.Workers > 0)
            {
                if (pool.Idle.Count > 0)
                {
                    pool.Idle[^1].IdleSince = Environment.TickCount64;
                }

                return (true, null);
            }

            if (_workers >= options.MaxWorkers && !MakeRoom(Environment.TickCount64 - Unused))
            {
                return (false, null);
            }

            pool = PoolOf(program);
            pool.Workers++;
            _workers++;
            return (false, new WorkerGrant(pool, null));
        }
    }

    /// <summary>Gives back what <see cref="TakeAsync"/> granted: the worker when it can answer again, or else its room.</summary>
    public void Return(ProgramPool pool, Worker? worker)
    {
        lock (_gate)
        {
            if (worker is { IsUsable: true } && !pool.IsSuperseded && !_closed)
            {
                pool.IsLoaded = true;

                // First come, first served; but only for a program without any worker is a warm one of another given up.
                var next = _waiting.TakeFirst(caller => caller.Pool == pool || caller.Pool.Workers == 0);
                if (next is null || next.Pool == pool)
                {
                    if (next is null)
                    {
                        worker.IdleSince = Environment.TickCount64;
                        pool.Idle.Add(worker);
                    }

                    next?.SetResult(new WorkerGrant(pool, worker));
                    return;
                }

                Release(pool);
                Grant(next);
            }
            else
            {
                Release(pool);
                if (_waiting.TakeFirst(caller => caller.Pool.Workers < options.WorkersPerProgram) is { } next)
                {
                    Grant(next);
                }
            }
        }

        _ = worker?.EndAsync();
    }

    /// <summary>Stops the workers that nobody called for a while.</summary>
    public void Trim()
    {
        var before = Environment.TickCount64 - (long)options.IdleTime.TotalMilliseconds;
        StopIdle(worker => worker.IdleSince <= before);
    }

    /// <summary>Refuses further callers, fails those that wait, and stops the idle workers; busy ones end when they are returned.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _waiting.Refuse();
        }

        StopIdle(_ => true);
    }

    /// <summary>A worker can die between calls, by what its program left running; the next caller has nothing to do with that.</summary>
    private void StopDeadIdle(Guid id)
    {
        if (_pools.TryGetValue(id, out var pool))
        {
            for (var i = pool.Idle.Count - 1; i >= 0; i--)
            {
                if (!pool.Idle[i].IsUsable)
                {
                    StopIdle(pool, pool.Idle[i]);
                }
            }
        }
    }

    private void StopIdle(Func<Worker, bool> chosen)
    {
        lock (_gate)
        {
            foreach (var pool in _pools.Values.ToList())
            {
                foreach (var worker in pool.Idle.Where(chosen).ToList())
                {
                    StopIdle(pool, worker);
                }

                if (pool is { Workers: 0, Waiting: 0 })
                {
                    _pools.Remove(pool.Program.Id);
                }
            }
        }
    }

    private async ValueTask<WorkerGrant?> WaitAsync(WaitingCaller caller, CancellationToken ct)
    {
        try
        {
            return await caller.Task.WaitAsync(options.MaxWait, ct);
        }
        catch (Exception given) when (given is TimeoutException or OperationCanceledException)
        {
            lock (_gate)
            {
                _waiting.Remove(caller);
            }

            if (caller.Task.IsCompletedSuccessfully)
            {
                Return(caller.Task.Result.Pool, caller.Task.Result.Worker);
            }

            ct.ThrowIfCancellationRequested();
            return null;
        }
    }

    private ProgramPool PoolOf(ProgramSource program)
    {
        if (_pools.TryGetValue(program.Id, out var pool))
        {
            if (string.Equals(pool.Program.Code, program.Code, StringComparison.Ordinal) && pool.Program.Language == program.Language)
            {
                return pool;
            }

            pool.IsSuperseded = true;
            pool.Idle.ToList().ForEach(worker => StopIdle(pool, worker));
        }

        return _pools[program.Id] = new ProgramPool(program);
    }

    /// <param name="before">Workers that were called after this stay.</param>
    private bool MakeRoom(long before = long.MaxValue)
    {
        var longest = _pools.Values.Where(pool => pool.Idle.Count > 0 && pool.Idle[0].IdleSince <= before).MinBy(pool => pool.Idle[0].IdleSince);
        if (longest is not null)
        {
            StopIdle(longest, longest.Idle[0]);
        }

        return longest is not null;
    }

    private void StopIdle(ProgramPool pool, Worker worker)
    {
        pool.Idle.Remove(worker);
        Release(pool);
        _ = worker.EndAsync();
    }

    private static Worker TakeIdle(ProgramPool pool, int index)
    {
        var worker = pool.Idle[index];
        pool.Idle.RemoveAt(index);
        return worker;
    }

    private void Release(ProgramPool pool)
    {
        _workers--;
        pool.IsLoaded &= pool.Workers > 1;
        if (--pool.Workers == 0 && pool.Waiting == 0 && _pools.TryGetValue(pool.Program.Id, out var current) && current == pool)
        {
            _pools.Remove(pool.Program.Id);
        }
    }

    private void Grant(WaitingCaller caller)
    {
        caller.Pool.Workers++;
        _workers++;
        caller.SetResult(new WorkerGrant(caller.Pool, null));
    }
}
