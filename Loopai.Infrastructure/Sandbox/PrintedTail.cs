using System.Net.Sockets;
using System.Text;

namespace Loopai.Infrastructure.Sandbox;

/// <summary>Drains what a program prints, so that it never blocks on a full pipe, and keeps the end of it; too much of it in one run is reported.</summary>
internal sealed class PrintedTail
{
    private const int Kept = 8192;

    private readonly Lock _gate = new();
    private readonly byte[] _buffer = new byte[2 * Kept];
    private readonly long _limit;
    private readonly Action _tooMuch;
    private int _length;
    private long _printed;

    public PrintedTail(Socket socket, long limit, Action tooMuch)
    {
        _limit = limit;
        _tooMuch = tooMuch;
        Drained = DrainAsync(socket);
    }

    /// <summary>Completes when the last process that could print is gone.</summary>
    public Task Drained { get; }

    /// <summary>Forgets what earlier runs printed.</summary>
    public void Restart()
    {
        lock (_gate)
        {
            _length = 0;
            _printed = 0;
        }
    }

    /// <summary>The last 8 KB of what was printed.</summary>
    public string Text
    {
        get
        {
            lock (_gate)
            {
                var kept = Math.Min(_length, Kept);
                return Encoding.UTF8.GetString(_buffer, _length - kept, kept);
            }
        }
    }

    private async Task DrainAsync(Socket socket)
    {
        var chunk = new byte[Kept];
        try
        {
            while (await socket.ReceiveAsync(chunk) is > 0 and var read)
            {
                if (Keep(chunk.AsSpan(0, read)) > _limit)
                {
                    _tooMuch();
                    return;
                }
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // The worker is gone.
        }
        finally
        {
            socket.Dispose();
        }
    }

    private long Keep(ReadOnlySpan<byte> printed)
    {
        lock (_gate)
        {
            if (_length + printed.Length > _buffer.Length)
            {
                _buffer.AsSpan(_length - Kept, Kept).CopyTo(_buffer);
                _length = Kept;
            }

            printed.CopyTo(_buffer.AsSpan(_length));
            _length += printed.Length;
            return _printed += printed.Length;
        }
    }
}
