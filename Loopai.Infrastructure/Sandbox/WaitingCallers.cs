namespace Loopai.Infrastructure.Sandbox;

/// <summary>A caller that waits for a worker of a pool, or for room for one.</summary>
internal sealed class WaitingCaller(ProgramPool pool) : TaskCompletionSource<WorkerGrant>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public ProgramPool Pool { get; } = pool;
}

/// <summary>The callers that wait, in the order in which they came, counted for each pool. Used under the lock of <see cref="WorkerPools"/>.</summary>
internal sealed class WaitingCallers
{
    private readonly LinkedList<WaitingCaller> _callers = [];

    public int Count => _callers.Count;

    public WaitingCaller Add(ProgramPool pool)
    {
        var caller = new WaitingCaller(pool);
        pool.Waiting++;
        _callers.AddLast(caller);
        return caller;
    }

    /// <summary>Takes the caller out who has waited longest of those chosen; null where there is none.</summary>
    public WaitingCaller? TakeFirst(Func<WaitingCaller, bool> chosen)
    {
        for (var node = _callers.First; node is not null; node = node.Next)
        {
            if (chosen(node.Value))
            {
                _callers.Remove(node);
                node.Value.Pool.Waiting--;
                return node.Value;
            }
        }

        return null;
    }

    /// <summary>Takes a caller out who gave up, unless something was granted before.</summary>
    public void Remove(WaitingCaller caller)
    {
        if (_callers.Remove(caller))
        {
            caller.Pool.Waiting--;
        }
    }

    /// <summary>Fails all that wait, as nobody will get a worker any more.</summary>
    public void Refuse()
    {
        while (TakeFirst(_ => true) is { } caller)
        {
            caller.SetException(new ObjectDisposedException(nameof(WorkerPools)));
        }
    }
}
