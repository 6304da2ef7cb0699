using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Loopai.Core.Configuration;

/// <summary>What the portal may ask for on behalf of tenants.</summary>
public sealed class OutboundSettings : IValidatableObject
{
    private const int DnsPort = 53;

    /// <summary>Whether addresses of private networks and plain http are allowed: for identity providers inside one's own network, and for development.</summary>
    public bool AllowPrivateNetworks { get; init; }

    /// <summary>Space-separated addresses, with a port or without, of the DNS servers that are asked for the records that prove domains; empty for the system's.</summary>
    public string DnsServers { get; init; } = "";

    /// <summary>The servers; null for the system's.</summary>
    public IReadOnlyList<IPEndPoint>? DnsEndPoints() => DnsServers.Length == 0 ? null
        : [.. Texts().Select(IPEndPoint.Parse).Select(server => server.Port == 0 ? new IPEndPoint(server.Address, DnsPort) : server)];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Texts().All(text => IPEndPoint.TryParse(text, out _)))
        {
            yield return new("give IP addresses with spaces between, such as 10.0.0.2 10.0.0.3:5353, or leave it empty", [nameof(DnsServers)]);
        }
    }

    private string[] Texts() => DnsServers.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
