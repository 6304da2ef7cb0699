using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Loopai.Infrastructure.DomainNames;

namespace Loopai.Portal.Tests.Identity.SignOn;

/// <summary>A DNS server on loopback that answers whatever a test wants, over UDP and TCP.</summary>
internal sealed class DnsServer : IAsyncDisposable
{
    private readonly UdpClient _udp;
    private readonly TcpListener _tcp;
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _serving;

    public DnsServer(Func<byte[], byte[]> answer, Func<byte[], byte[]>? overTcp = null)
    {
        (_udp, _tcp) = Listen();
        EndPoint = (IPEndPoint)_udp.Client.LocalEndPoint!;
        _serving = Task.WhenAll(ServeUdpAsync(answer), overTcp is null ? Task.CompletedTask : ServeTcpAsync(overTcp));
    }

    public IPEndPoint EndPoint { get; }

    public DnsTxtResolver Resolver => new([EndPoint]);

    public Task FirstAsked => _asked.Task;

    /// <summary>Answers from these texts by name; a name that is not among them does not exist.</summary>
    public static DnsServer Of(IReadOnlyDictionary<string, string> zone) => new(query =>
    {
        var (name, place) = ("", 12);
        for (; query[place] != 0; place += query[place] + 1)
        {
            name += (name.Length > 0 ? "." : "") + Encoding.ASCII.GetString(query, place + 1, query[place]);
        }

        byte[] question = query[12..(place + 5)];
        if (!zone.TryGetValue(name, out var text))
        {
            return [query[0], query[1], 0x81, 0x83, 0, 1, 0, 0, 0, 0, 0, 0, .. question];
        }

        var data = Encoding.ASCII.GetBytes(text);
        return [query[0], query[1], 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, .. question, 0xC0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, (byte)(data.Length + 1), (byte)data.Length, .. data];
    });

    /// <summary>A port that is free for both: one that is free for datagrams may be a connection's.</summary>
    private static (UdpClient Udp, TcpListener Tcp) Listen()
    {
        for (var attempt = 1; ; attempt++)
        {
            var udp = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
            try
            {
                var tcp = new TcpListener((IPEndPoint)udp.Client.LocalEndPoint!);
                tcp.Start();
                return (udp, tcp);
            }
            catch (SocketException) when (attempt < 20)
            {
                udp.Dispose();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _udp.Dispose();
        _tcp.Dispose();
        await _serving;
    }

    private async Task ServeUdpAsync(Func<byte[], byte[]> answer)
    {
        try
        {
            while (true)
            {
                var query = await _udp.ReceiveAsync();
                await _udp.SendAsync(answer(query.Buffer), query.RemoteEndPoint);
                _asked.TrySetResult();
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // The test has ended.
        }
    }

    private async Task ServeTcpAsync(Func<byte[], byte[]> answer)
    {
        try
        {
            using var client = await _tcp.AcceptTcpClientAsync();
            var stream = client.GetStream();
            var prefix = new byte[2];
            await stream.ReadExactlyAsync(prefix);
            var query = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];
            await stream.ReadExactlyAsync(query);
            var message = answer(query);
            await stream.WriteAsync(new byte[] { (byte)(message.Length >> 8), (byte)message.Length });
            await stream.WriteAsync(message);
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException or IOException)
        {
            // The test has ended.
        }
    }
}
