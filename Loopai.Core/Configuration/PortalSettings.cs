using System.ComponentModel.DataAnnotations;
using System.Net;
using Loopai.Core.ApiKeys;

namespace Loopai.Core.Configuration;

/// <summary>Where the portal listens and keeps its files.</summary>
public sealed class PortalSettings : IValidatableObject
{
    /// <summary>What the portal listens on; several are separated by semicolons. <c>localhost</c> means both loopback addresses.</summary>
    [Required(ErrorMessage = "give the address to listen on, such as http://localhost:8080")]
    public string Url { get; init; } = "http://localhost:8080";

    /// <summary>How browsers and clients reach the portal, for links in mails and redirects; empty means the first of <see cref="Url"/>.</summary>
    public string PublicUrl { get; init; } = "";

    /// <summary>The networks of the proxies in front of the portal, in CIDR notation, separated by spaces. Only from there is it believed whom a request comes from.</summary>
    public string TrustedProxies { get; init; } = "";

    /// <summary>The folder of everything the portal keeps, the embedded database among it; a relative one starts at the checkout.</summary>
    [Required(ErrorMessage = "give a folder, such as data")]
    public string DataDirectory { get; init; } = "data";

    /// <summary>The networks of <see cref="TrustedProxies"/>.</summary>
    public IReadOnlyList<IPNetwork> ProxyNetworks() =>
        [.. TrustedProxies.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => AddressRanges.TryRead(p, out var network) ? network : throw new FormatException(p))];

    /// <summary>The address that links carry, without a slash at its end.</summary>
    public string LinkBase() => (PublicUrl.Length > 0 ? PublicUrl : Url.Split(';')[0]).TrimEnd('/');

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Url.Split(';').All(IsListenAddress))
        {
            yield return new("give http or https with a host and a port, such as http://localhost:8080 or http://*:8080", [nameof(Url)]);
        }

        if (PublicUrl.Length > 0 && !(Uri.TryCreate(PublicUrl, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
        {
            yield return new("give the whole address, such as https://loopai.example.com, or leave it empty", [nameof(PublicUrl)]);
        }

        if (TrustedProxies.Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(p => !AddressRanges.TryRead(p, out _)) is { } wrong)
        {
            yield return new($"\"{wrong}\" is no network: give addresses or networks such as 10.0.0.0/8, separated by spaces", [nameof(TrustedProxies)]);
        }
    }

    // "*" and "+" mean every interface to the server, but are no host of a URL.
    private static bool IsListenAddress(string address) =>
        Uri.TryCreate(address.Replace("//*", "//any", StringComparison.Ordinal).Replace("//+", "//any", StringComparison.Ordinal), UriKind.Absolute, out var url)
        && url.Scheme is "http" or "https" && url.AbsolutePath == "/";
}
