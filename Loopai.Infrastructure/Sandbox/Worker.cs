using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
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

/// <summary>One sandboxed interpreter that answers one call after the other. The frames are described in worker.py.</summary>
internal sealed class Worker
{
    private const int RequestHeader = 8, AnswerHeader = 17, UsualFrame = 16384;
    private const byte Answered = 0, Spent = 2, Asked = 3;

    private readonly WorkerKind _kind;
    private readonly SandboxOptions _options;
    private readonly Socket _channel;
    private readonly WorkerProcess _process;
    private readonly PrintedTail _printed;
    private readonly Timer _deadline;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _outgoing = new byte[UsualFrame];
    private readonly byte[] _incoming = new byte[UsualFrame];
    private WorkerEnd _end;
    private uint _sequence;
    private long _deadlineAt = long.MaxValue;
    private TimeSpan _busy;
    private bool _spent;

    public Worker(WorkerKind kind, ProgramLanguage language, LaunchedProcess launched, SandboxOptions options)
    {
        _kind = kind;
        Language = language;
        _options = options;
        _channel = launched.Channel;
        _process = new WorkerProcess(launched.Pid);
        _printed = new PrintedTail(launched.Printed, options.MaxPrintedBytes, () => Stop(WorkerEnd.PrintedTooMuch));
        _deadline = new Timer(_ => StopWhenOverdue());
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
        _sequence++;
        StartDeadline(timeout);
        try
        {
            await SendAsync(payload);
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
            StopDeadline();
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
        Hush();
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

    private void StartDeadline(TimeSpan timeout)
    {
        lock (_gate)
        {
            _deadlineAt = Environment.TickCount64 + (long)Math.Ceiling(timeout.TotalMilliseconds);
            _deadline.Change(timeout, Timeout.InfiniteTimeSpan);
        }
    }

    private void StopDeadline()
    {
        lock (_gate)
        {
            _deadlineAt = long.MaxValue;
            _deadline.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private void StopWhenOverdue()
    {
        lock (_gate)
        {
            // The tick may be one that was under way while its call ended and the next one began.
            if (_deadlineAt == long.MaxValue)
            {
                return;
            }

            var left = _deadlineAt - Environment.TickCount64;
            if (left > 0)
            {
                _deadline.Change(left, Timeout.Infinite);
                return;
            }
        }

        Stop(WorkerEnd.TookTooLong);
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> payload)
    {
        var size = RequestHeader + payload.Length;
        var frame = size <= UsualFrame ? _outgoing : new byte[size];
        BinaryPrimitives.WriteInt32LittleEndian(frame, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), _sequence);
        payload.CopyTo(frame.AsMemory(RequestHeader));
        for (var sent = 0; sent < size;)
        {
            sent += await _channel.SendAsync(frame.AsMemory(sent, size - sent));
        }
    }

    /// <summary>Null when the worker ended instead of answering.</summary>
    private async ValueTask<SandboxAnswer?> ReceiveAsync(string doing, Func<ReadOnlyMemory<byte>, Task<ReadOnlyMemory<byte>>>? reply)
    {
        while (await ReceiveFrameAsync() is var (kind, confidence, payload))
        {
            if (kind != Asked)
            {
                _spent |= kind == Spent;
                return Answer(kind, payload, confidence, doing);
            }

            if (reply is null)
            {
                Stop(WorkerEnd.BrokeProtocol);
                return null;
            }

            await SendAsync(await reply(payload));
        }

        return null;
    }

    /// <summary>Null when the worker ended, or sent what is no frame of this call.</summary>
    private async ValueTask<(byte Kind, double Confidence, byte[] Payload)?> ReceiveFrameAsync()
    {
        var have = 0;
        while (have < AnswerHeader)
        {
            var read = await _channel.ReceiveAsync(_incoming.AsMemory(have));
            if (read == 0)
            {
                return null;
            }

            have += read;
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(_incoming);
        var sequence = BinaryPrimitives.ReadUInt32LittleEndian(_incoming.AsSpan(4));
        var kind = _incoming[8];
        var confidence = BinaryPrimitives.ReadDoubleLittleEndian(_incoming.AsSpan(9));
        if (sequence != _sequence || length > Math.Max(_options.MaxOutputBytes, UsualFrame) || have > AnswerHeader + length)
        {
            // Only a program that found the channel and wrote to it gets here.
            Stop(WorkerEnd.BrokeProtocol);
            return null;
        }

        var payload = new byte[length];
        _incoming.AsSpan(AnswerHeader, have - AnswerHeader).CopyTo(payload);
        for (var filled = have - AnswerHeader; filled < length;)
        {
            var read = await _channel.ReceiveAsync(payload.AsMemory(filled));
            if (read == 0)
            {
                return null;
            }

            filled += read;
        }

        return (kind, confidence, payload);
    }

    private static SandboxAnswer Answer(byte kind, byte[] payload, double confidence, string doing)
    {
        if (kind != Answered)
        {
            return Failed(Encoding.UTF8.GetString(payload));
        }

        // An answer without payload says that the source has loaded.
        return payload.Length == 0 || IsJson(payload)
            ? new SandboxAnswer(ExecutionStatus.Success, payload, confidence is >= 0 and <= 1 ? confidence : null, null)
            : Failed($"{doing} returned a value nested deeper than 64 levels, or one that is not JSON");
    }

    /// <summary>The interpreter wrote the JSON, but inside the sandbox, where the program may have had a hand in it.</summary>
    private static bool IsJson(byte[] payload)
    {
        try
        {
            var reader = new Utf8JsonReader(payload);
            reader.Read();
            reader.Skip();
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
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

    /// <summary>Ends the wait for an answer at once, without waiting for the kernel to take the sandbox down.</summary>
    private void Hush()
    {
        try
        {
            _channel.Shutdown(SocketShutdown.Both);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The worker was faster.
        }
    }
}
