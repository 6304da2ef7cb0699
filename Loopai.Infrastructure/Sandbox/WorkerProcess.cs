namespace Loopai.Infrastructure.Sandbox;

/// <summary>The leading process of a sandbox: killed at most once, and reaped whatever became of it.</summary>
internal sealed class WorkerProcess(int pid)
{
    private readonly Lock _gate = new();
    private Task<int>? _exit;
    private bool _reaped;

    /// <summary>Kills the sandbox and everything in it.</summary>
    public void Kill()
    {
        lock (_gate)
        {
            // Once reaped, the number may already belong to another process.
            if (!_reaped)
            {
                _ = Native.kill(pid, Native.KillSignal);
            }
        }
    }

    /// <summary>The exit code, or 128 and the signal that ended the process.</summary>
    public Task<int> ExitAsync()
    {
        lock (_gate)
        {
            return _exit ??= ReapAsync();
        }
    }

    private async Task<int> ReapAsync()
    {
        // Called when the end is near: a few looks, and no thread that blocks in waitpid.
        for (var delay = 1; ; delay = Math.Min(2 * delay, 50))
        {
            lock (_gate)
            {
                var found = Native.waitpid(pid, out var status, Native.WithoutWaiting);
                if (found != 0)
                {
                    _reaped = true;
                    var signal = status & 0x7f;
                    return found != pid ? -1 : signal == 0 ? (status >> 8) & 0xff : 128 + signal;
                }
            }

            await Task.Delay(delay);
        }
    }
}
