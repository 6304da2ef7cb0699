using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Loopai.Core.Identity.Ldap;
using Loopai.Infrastructure.Outbound;

namespace Loopai.Infrastructure.Ldap;

/// <summary>
/// Reaches directories. Names are resolved and certificates are checked here and not by a C library, because only so can private addresses be refused
/// where the socket is opened, and an organization's own certificate authority be trusted for its own connection alone.
/// </summary>
/// <param name="allowPrivateNetworks">Whether servers of private networks may be asked.</param>
public sealed class LdapDirectory(bool allowPrivateNetworks) : ILdapDirectory
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    public async Task<ILdapSession> OpenAsync(LdapSettings settings, CancellationToken ct)
    {
        var failures = new List<string>();
        foreach (var server in settings.Servers)
        {
            try
            {
                return await OpenAsync(server, settings, ct);
            }
            catch (Exception e) when (e is SocketException or IOException or AuthenticationException or CryptographicException or LdapRefusedException or LdapUnreachableException
                || (e is OperationCanceledException && !ct.IsCancellationRequested))
            {
                failures.Add($"{server}: {(e is OperationCanceledException ? "no answer within five seconds" : Reason(e))}");
            }
        }

        throw new LdapUnreachableException(failures.Count == 0 ? "The connection names no server." : string.Join(" ", failures));
    }

    private async Task<ILdapSession> OpenAsync(string server, LdapSettings settings, CancellationToken ct)
    {
        var (host, port) = LdapServer.Parse(server) ?? throw new LdapUnreachableException("this is no host and port.");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(ConnectTimeout);
        var socket = await ConnectAsync(host, port, limit.Token);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            if (settings.Security == LdapSecurity.StartTls)
            {
                await new LdapWire(stream).StartTlsAsync(limit.Token);
            }

            var tls = new SslStream(stream, leaveInnerStreamOpen: false);
            stream = tls;
            await tls.AuthenticateAsClientAsync(Options(host, settings.CaCertificates), limit.Token);
            return new LdapSession(server, tls);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private async Task<Socket> ConnectAsync(string host, int port, CancellationToken ct)
    {
        var addresses = await Dns.GetHostAddressesAsync(host, ct);
        var open = allowPrivateNetworks ? addresses : [.. addresses.Where(GuardedHandler.IsPublic)];
        if (open.Length == 0)
        {
            throw new LdapUnreachableException("this is not a public address, and the operator of this Loopai has not allowed private ones.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(open, port, ct);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static SslClientAuthenticationOptions Options(string host, string? authorities)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = host, EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 };
        if (!string.IsNullOrWhiteSpace(authorities))
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPem(authorities);
            options.CertificateChainPolicy = policy;
        }

        return options;
    }

    /// <summary>The innermost words say what was wrong with a certificate; the outer ones that something was.</summary>
    private static string Reason(Exception e) => e is AuthenticationException ? (e.InnerException ?? e).Message : e.Message;
}
