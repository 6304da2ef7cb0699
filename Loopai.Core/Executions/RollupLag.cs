namespace Loopai.Core.Executions;

/// <summary>Whether the roll-ups are behind what this portal has committed, and a way to wait until they are not.</summary>
public sealed class RollupLag
{
    /// <summary>Figures that are a moment old are better than none.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private TaskCompletionSource? _behind;

    /// <summary>Raised when somebody waits.</summary>
    internal event Action? Wanted;

    /// <summary>
    /// Everything that was committed here before the call is in the roll-ups afterwards; except where the database is too slow to wait for, and what a failed commit
    /// has left to <see cref="UncountedWorker"/>.
    /// </summary>
    public async ValueTask CaughtUpAsync(CancellationToken ct)
    {
        if (Volatile.Read(ref _behind) is not { } behind)
        {
            return;
        }

        Wanted?.Invoke();
        await Task.WhenAny(behind.Task, Task.Delay(Patience, ct));
        ct.ThrowIfCancellationRequested();
    }

    /// <summary>Something is committed and not counted. Called by the one writing loop.</summary>
    internal void FallBehind()
    {
        if (_behind is null)
        {
            Volatile.Write(ref _behind, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
    }

    /// <summary>All is counted, or left to be counted by another. Called by the one writing loop.</summary>
    internal void CatchUp() => Interlocked.Exchange(ref _behind, null)?.TrySetResult();
}
