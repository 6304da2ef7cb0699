using System.Collections.Concurrent;
using Loopai.Core.Outbound;

namespace Loopai.Core.Identity.SignOn.Oidc;

/// <summary>The providers that connections use, by connection: what one organization's traffic does to a cache is nobody else's concern.</summary>
public sealed class OidcProviders(OutboundHttp outbound, TimeProvider time)
{
    /// <summary>Far more than an installation has connections; what falls out is read again.</summary>
    private const int Capacity = 10_000;

    private readonly ConcurrentDictionary<(Guid Connection, string Issuer), OidcProvider> _providers = new();

    internal OidcProvider Of(SignOnConnection connection, OidcSettings settings)
    {
        if (_providers.Count >= Capacity)
        {
            _providers.Clear();
        }

        return _providers.GetOrAdd((connection.Id, settings.Issuer), key => new OidcProvider(key.Issuer, outbound, time));
    }
}
