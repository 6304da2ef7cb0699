using System.Globalization;

namespace Loopai.Core.Identity.Ldap;

/// <summary>A server as people write it: a host and a port.</summary>
public static class LdapServer
{
    /// <summary>Reads <c>dc1.acme.example:636</c> or <c>[2001:db8::1]:636</c>; null for anything else.</summary>
    public static (string Host, int Port)? Parse(string? text)
    {
        var colon = text?.LastIndexOf(':') ?? -1;
        if (colon <= 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
        {
            return null;
        }

        var host = text![..colon].Trim('[', ']');
        return Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6 ? (host, port) : null;
    }
}
