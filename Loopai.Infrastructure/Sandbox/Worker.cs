using System.Diagnostics;
using System.Net.Sockets;
using Loopai.Core.Executions;
using Loopai.Core.Programs;

namespace Loopai.Infrastructure.Sandbox;

/// <summary>Why a worker was stopped.</summary>
internal enum WorkerEnd
{
    None,
    TookTooLong,
    PrintedTooMuch,
    BrokeProtocol,
    Retired,
}

/// <summary>One sandboxed interpreter that answers one call after the other.</summary>
internal sealed class Worker
{
    private readonly WorkerKind _kind;
    private readonly SandboxOptions _options;
    private readonly WorkerChannel _channel;
    private readonly WorkerProcess _process;
    private readonly PrintedTail _printed;
    private readonly WorkerDeadline _deadline;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WorkerEnd _end;
    private TimeSpan _busy;
    private bool _spent;

    public Worker(WorkerKind kind, ProgramLanguage language, LaunchedProcess launched, SandboxOptions options)
    {
        _kind = kind;
        Language = language;
        _options = options;
        _channel = new WorkerChannel(launched.Channel, options.MaxOutputBytes, () => Stop(WorkerEnd.BrokeProtocol));
        _process = new WorkerProcess(launched.Pid);
        _printed = new PrintedTail(launched.Printed, options.MaxPrintedBytes, () => Stop(WorkerEnd.PrintedTooMuch));
        _deadline = new WorkerDeadline(() => Stop(WorkerEnd.TookTooLong));
    }

    public ProgramLanguage Language { get; }

    /// <summary>When the worker last became idle, by <see cref="Environment.TickCount64"/>.</summary>
    public long IdleSince { get; set; }

    /// <summary>Whether the worker may answer another call.</summary>
    public bool IsUsable => _end == WorkerEnd.None && !_spent && !_printed.Drained.IsCompleted
        && _busy.TotalSeconds < _options.CpuSeconds / 2.0;

    /// <summary>The end of what the last call wrote to the worker's own outputs.</summary>
    public string Printed => _printed.Text;

    /// <summary>Why the worker was stopped, if it was.</summary>
    public WorkerEnd End => _end;

    /// <summary>Sends one payload and waits for what the program makes of it.</summary>
    /// <param name="payload">The source first, then inputs.</param>
    /// <param name="timeout">After which the worker is killed.</param>
    /// <param name="doing">The words for what took too long.</param>
    /// <param name="reply">Answers what the code asks of its host meanwhile; without it, asking breaks the protocol.</param>
    public async Task<SandboxAnswer> CallAsync(
        ReadOnlyMemory<byte> payload, TimeSpan timeout, string doing, Func<ReadOnlyMemory<byte>, Task<ReadOnlyMemory<byte>>>? reply = null)
    {
        var started = Stopwatch.GetTimestamp();
        _printed.Restart();
        _channel.BeginCall();
        _deadline.Start(timeout);
        try
        {
            await _channel.SendAsync(payload);
            if (await ReceiveAsync(doing, reply) is { } answer)
            {
                return answer;
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // The worker is gone; why is told below.
        }
        catch
        {
            // It may still wait for a reply, and would take the next call for that.
            _spent = true;
            throw;
        }
        finally
        {
            _deadline.Stop();
            _busy += Stopwatch.GetElapsedTime(started);
        }

        _spent = true;
        return await DescribeEndAsync(timeout, doing);
    }

    /// <summary>Kills the worker and everything in its sandbox; the first reason counts.</summary>
    public void Stop(WorkerEnd reason)
    {
        lock (_gate)
        {
            if (_end != WorkerEnd.None)
            {
                return;
            }

            _end = reason;
        }

        _process.Kill();
        _channel.Hush();
    }

    /// <summary>Completes when the worker has been stopped and is gone.</summary>
    public Task Gone => _gone.Task;

    /// <summary>Stops the worker if it still runs, and lets go of what it held.</summary>
    public async Task EndAsync()
    {
        Stop(WorkerEnd.Retired);
        await _process.ExitAsync();
        await _deadline.DisposeAsync();
        _channel.Dispose();
        await _printed.Drained;
        _gone.TrySetResult();
    }

    /// <summary>Null when the worker ended instead of answering.</summary>
    private async ValueTask<SandboxAnswer?> ReceiveAsync(string doing, Func<ReadOnlyMemory<byte>, Task<ReadOnlyMemory<byte>>>? reply)
    {
        while (await _channel.ReceiveAsync() is { } frame)
        {
            if (frame.Kind != WorkerFrameKind.Asked)
            {
                _spent |= frame.Kind == WorkerFrameKind.Spent;
                return frame.ToAnswer(doing);
            }

            if (reply is null)
            {
                Stop(WorkerEnd.BrokeProtocol);
                return null;
            }

            await _channel.SendAsync(await reply(frame.Payload));
        }

        return null;
    }

    private async Task<SandboxAnswer> DescribeEndAsync(TimeSpan timeout, string doing)
    {
        if (_end == WorkerEnd.None)
        {
            // Whatever ended by itself is reaped within milliseconds; what only closed the channel still runs.
            var exit = _process.ExitAsync();
            if (await Task.WhenAny(exit, Task.Delay(500)) == exit)
            {
                await Task.WhenAny(_printed.Drained, Task.Delay(100));
                return Failed(WorkerExit.Describe(await exit, _printed.Text, _options, _kind.Noun));
            }

            Stop(WorkerEnd.BrokeProtocol);
        }

        return _end switch
        {
            WorkerEnd.TookTooLong => new SandboxAnswer(ExecutionStatus.Timeout, default, null,
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{doing} took longer than {timeout.TotalMilliseconds:#,0} ms")),
            WorkerEnd.PrintedTooMuch => Failed($"the {_kind.Noun} printed more than {_options.MaxPrintedBytes >> 10} KB in one run"),
            WorkerEnd.Retired => Failed("the sandbox is shutting down"),
            WorkerEnd.BrokeProtocol or WorkerEnd.None => Failed($"the {_kind.Noun} closed or wrote to the sandbox's own channel"),
        };
    }

    private static SandboxAnswer Failed(string error) => new(ExecutionStatus.Error, default, null, error);
}
