using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;
using Loopai.Core.Errors;
using Loopai.Core.Identity.SignOn;

namespace Loopai.Infrastructure.DomainNames;

/// <summary>
/// TXT records from the system's resolvers, which the framework has no call for. Over UDP with a random id and port, over TCP where the answer does not
/// fit; each server twice, then the next.
/// </summary>
public sealed class DnsTxtResolver(IReadOnlyList<IPEndPoint>? servers = null) : IDnsTxtResolver
{
    private const int Rounds = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<IReadOnlyList<string>> TxtAsync(string name, CancellationToken ct)
    {
        foreach (var server in Enumerable.Repeat(servers ?? OfSystem(), Rounds).SelectMany(s => s))
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
            timeout.CancelAfter(Patience);
            try
            {
                var answer = await AskAsync(server, name, timeout.Token);
                if (answer.Code is 0 or 3)
                {
                    return answer.Texts;
                }
            }
            catch (Exception e) when (e is SocketException or IOException || (e is OperationCanceledException && !ct.IsCancellationRequested))
            {
                // The next server, or the same once more.
            }
        }

        throw new UnavailableException("dns.unavailable", $"No DNS server answered for {name}. Try again in a moment.");
    }

    private static async Task<DnsAnswer> AskAsync(IPEndPoint server, string name, CancellationToken ct)
    {
        var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        var query = DnsMessage.Query(id, name);
        using var udp = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);

        // Connected, so that the system drops what other hosts send.
        await udp.ConnectAsync(server, ct);
        await udp.SendAsync(query, ct);
        var buffer = new byte[4096];
        while (true)
        {
            var length = await udp.ReceiveAsync(buffer, ct);
            if (DnsMessage.Read(buffer.AsSpan(0, length), id, name) is { } answer)
            {
                return answer.IsTruncated ? await AskOverTcpAsync(server, query, id, name, ct) : answer;
            }
        }
    }

    private static async Task<DnsAnswer> AskOverTcpAsync(IPEndPoint server, byte[] query, ushort id, string name, CancellationToken ct)
    {
        using var tcp = new TcpClient(server.AddressFamily);
        await tcp.ConnectAsync(server, ct);
        var stream = tcp.GetStream();
        var framed = new byte[query.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)query.Length);
        query.CopyTo(framed, 2);
        await stream.WriteAsync(framed, ct);
        var prefix = new byte[2];
        await stream.ReadExactlyAsync(prefix, ct);
        var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];
        await stream.ReadExactlyAsync(message, ct);
        return DnsMessage.Read(message, id, name) ?? throw new IOException("The server answered another question.");
    }

    private static IReadOnlyList<IPEndPoint> OfSystem() =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces()
            .Where(network => network.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
            .SelectMany(network => network.GetIPProperties().DnsAddresses)
            .Distinct().Take(4).Select(address => new IPEndPoint(address, 53)),
    ];
}
