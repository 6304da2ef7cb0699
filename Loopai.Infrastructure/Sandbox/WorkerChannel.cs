using System.Buffers.Binary;
using System.Net.Sockets;

namespace Loopai.Infrastructure.Sandbox;

/// <summary>The frames that go to a worker and come back. They are described in worker.py.</summary>
/// <param name="socket">The worker's end of it is file descriptor 3.</param>
/// <param name="maxOutputBytes">What a program may answer with; longer frames break the protocol.</param>
/// <param name="broken">Called when what came is no frame of this call.</param>
internal sealed class WorkerChannel(Socket socket, int maxOutputBytes, Action broken) : IDisposable
{
    private const int RequestHeader = 8, AnswerHeader = 17, UsualFrame = 16384;

    private readonly byte[] _outgoing = new byte[UsualFrame];
    private readonly byte[] _incoming = new byte[UsualFrame];
    private uint _sequence;

    /// <summary>What is sent and received from now on belongs to a new call.</summary>
    public void BeginCall() => _sequence++;

    /// <exception cref="SocketException">The worker is gone.</exception>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> payload)
    {
        var size = RequestHeader + payload.Length;
        var frame = size <= UsualFrame ? _outgoing : new byte[size];
        BinaryPrimitives.WriteInt32LittleEndian(frame, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), _sequence);
        payload.CopyTo(frame.AsMemory(RequestHeader));
        for (var sent = 0; sent < size;)
        {
            sent += await socket.SendAsync(frame.AsMemory(sent, size - sent));
        }
    }

    /// <summary>Null when the worker ended, or sent what is no frame of this call.</summary>
    /// <exception cref="SocketException">The worker is gone.</exception>
    public async ValueTask<WorkerFrame?> ReceiveAsync()
    {
        var have = 0;
        while (have < AnswerHeader)
        {
            var read = await socket.ReceiveAsync(_incoming.AsMemory(have));
            if (read == 0)
            {
                return null;
            }

            have += read;
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(_incoming);
        var sequence = BinaryPrimitives.ReadUInt32LittleEndian(_incoming.AsSpan(4));
        var kind = (WorkerFrameKind)_incoming[8];
        var confidence = BinaryPrimitives.ReadDoubleLittleEndian(_incoming.AsSpan(9));
        if (sequence != _sequence || length > Math.Max(maxOutputBytes, UsualFrame) || have > AnswerHeader + length)
        {
            // Only a program that found the channel and wrote to it gets here.
            broken();
            return null;
        }

        var payload = new byte[length];
        _incoming.AsSpan(AnswerHeader, have - AnswerHeader).CopyTo(payload);
        for (var filled = have - AnswerHeader; filled < length;)
        {
            var read = await socket.ReceiveAsync(payload.AsMemory(filled));
            if (read == 0)
            {
                return null;
            }

            filled += read;
        }

        return new WorkerFrame(kind, confidence, payload);
    }

    /// <summary>Ends the wait for an answer at once, without waiting for the kernel to take the sandbox down.</summary>
    public void Hush()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The worker was faster.
        }
    }

    public void Dispose() => socket.Dispose();
}
