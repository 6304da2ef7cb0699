using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Loopai.Core.Outbound;

namespace Loopai.Infrastructure.Outbound;

/// <summary>Makes <see cref="OutboundHttp"/>. The address is checked where the socket is opened, so that neither DNS nor a redirect gets around it.</summary>
public static class GuardedHandler
{
    private const int MaxResponseBytes = 1 << 20;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>What is never a public host: RFC 6890 and its updates, in the ranges that a server could be reached at.</summary>
    private static readonly IPNetwork[] NotPublic =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
            "::/127", "64:ff9b:1::/48", "100::/64", "2001:db8::/32", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    /// <summary>NAT64 and 6to4 carry an IPv4 address within: the one inside decides.</summary>
    private static readonly (IPNetwork Network, int Offset)[] Carriers = [(IPNetwork.Parse("64:ff9b::/96"), 12), (IPNetwork.Parse("2002::/16"), 2)];

    /// <summary>The guarded client.</summary>
    /// <param name="allowPrivateNetworks">Turns the check off, and lets plain http through.</param>
    public static OutboundHttp Create(bool allowPrivateNetworks)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectTimeout = Timeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            // A proxy would resolve the name itself, out of reach of the check.
            UseProxy = false,
            UseCookies = false,
            ConnectCallback = (context, ct) => ConnectAsync(context, allowPrivateNetworks ? _ => true : IsPublic, ct),
        };

        var client = new HttpClient(new ReadRedirects(handler)) { Timeout = Timeout, MaxResponseContentBufferSize = MaxResponseBytes };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("Loopai");
        return new OutboundHttp(client, allowPrivateNetworks);
    }

    /// <summary>Whether an address belongs to the public internet.</summary>
    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        var carrier = Array.Find(Carriers, c => c.Network.Contains(address));
        return carrier.Offset == 0
            ? !NotPublic.Any(network => network.Contains(address))
            : IsPublic(new IPAddress(address.GetAddressBytes().AsSpan(carrier.Offset, 4)));
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, Func<IPAddress, bool> allowed, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, ct);
        var resolved = Stopwatch.GetElapsedTime(started);
        var open = addresses.Where(allowed).ToArray();
        if (open.Length == 0)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, $"'{context.DnsEndPoint.Host}' is not a public address.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(open, context.DnsEndPoint.Port, ct);
            if (context.InitialRequestMessage.Options.TryGetValue(OutboundTimings.Key, out var timings))
            {
                (timings.Dns, timings.Connect) = (resolved, Stopwatch.GetElapsedTime(started) - resolved);
            }

            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
