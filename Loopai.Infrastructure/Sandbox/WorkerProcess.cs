using System.Globalization;

namespace Loopai.Infrastructure.Sandbox;

/// <summary>The leading process of a sandbox: killed whatever it does, and reaped whatever became of it.</summary>
internal sealed class WorkerProcess(int pid)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private Task<int>? _exit;
    private long _killedAt = long.MaxValue;
    private bool _reaped;

    /// <summary>Kills the sandbox and everything in it.</summary>
    public void Kill()
    {
        lock (_gate)
        {
            // Once reaped, the number may already belong to another process.
            if (_reaped)
            {
                return;
            }

            // bwrap stays outside and waits for its child, the first process of the sandbox. With the child killed, bwrap reaps it and ends;
            // with bwrap killed, the child would be left to the machine's first process, which in a container is often the portal itself.
            _killedAt = Environment.TickCount64;
            _ = Native.kill(FirstInside() ?? pid, Native.KillSignal);
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

    private int? FirstInside()
    {
        try
        {
            var children = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/task/{pid}/children"));
            return int.TryParse(children.Split(' ')[0], CultureInfo.InvariantCulture, out var child) ? child : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
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

                if (_killedAt != long.MaxValue && Environment.TickCount64 - _killedAt > Patience.TotalMilliseconds)
                {
                    _ = Native.kill(pid, Native.KillSignal);
                }
            }

            await Task.Delay(delay);
        }
    }
}
