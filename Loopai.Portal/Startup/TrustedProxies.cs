using Loopai.Core.Configuration;
using Microsoft.AspNetCore.HttpOverrides;

namespace Loopai.Portal.Startup;

/// <summary>Behind a proxy a request's own address is the proxy's: the headers of proxies that the operator named say whose it was.</summary>
public static class TrustedProxies
{
    public static void UseTrustedProxies(this WebApplication app, PortalSettings portal)
    {
        if (portal.ProxyNetworks() is not { Count: > 0 } networks)
        {
            return;
        }

        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in networks)
        {
            options.KnownIPNetworks.Add(network);
        }

        app.UseForwardedHeaders(options);
    }
}
