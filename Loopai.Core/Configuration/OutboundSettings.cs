namespace Loopai.Core.Configuration;

/// <summary>What the portal may ask for on behalf of tenants.</summary>
public sealed class OutboundSettings
{
    /// <summary>Whether addresses of private networks and plain http are allowed: for identity providers inside one's own network, and for development.</summary>
    public bool AllowPrivateNetworks { get; init; }
}
