using System.Net;

namespace Loopai.Core.ApiKeys;

/// <summary>Networks that a key may come from, in CIDR notation. A bare address is a network of one.</summary>
public sealed class AddressRanges
{
    public const int Max = 50;

    private readonly IPNetwork[] _networks;

    private AddressRanges(IPNetwork[] networks) => _networks = networks;

    /// <summary>The stored form, space-separated; null for anywhere.</summary>
    public static AddressRanges? Parse(string? stored) => stored is null ? null : new([.. stored.Split(' ').Select(IPNetwork.Parse)]);

    /// <summary>One network as people write it; the bits beyond the prefix are set to zero, as they are meant.</summary>
    public static bool TryRead(string? text, out IPNetwork network)
    {
        network = default;
        var parts = text?.Trim().Split('/') ?? [];
        if (parts.Length is 0 or > 2 || !IPAddress.TryParse(parts[0], out var address) || (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork && parts[0].Count(c => c == '.') != 3))
        {
            return false;
        }

        var bytes = address.GetAddressBytes();
        var length = bytes.Length * 8;
        if (parts.Length == 2 && (!int.TryParse(parts[1], System.Globalization.NumberStyles.None, null, out length) || length > bytes.Length * 8))
        {
            return false;
        }

        for (var bit = length; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        network = new IPNetwork(new IPAddress(bytes), length);
        return true;
    }

    /// <summary>Whether each of these networks lies in one of them. No network means anywhere, which does not.</summary>
    public bool Cover(IReadOnlyList<string>? ranges) =>
        ranges is { Count: > 0 } && ranges.All(range => TryRead(range, out var inner) && _networks.Any(outer =>
            outer.BaseAddress.AddressFamily == inner.BaseAddress.AddressFamily && outer.PrefixLength <= inner.PrefixLength && outer.Contains(inner.BaseAddress)));

    /// <summary>Whether the address lies in one of them. An IPv4 address that came over IPv6 is itself.</summary>
    public bool Contain(IPAddress? address)
    {
        if (address is null)
        {
            return false;
        }

        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var network in _networks)
        {
            if (network.BaseAddress.AddressFamily == plain.AddressFamily && network.Contains(plain))
            {
                return true;
            }
        }

        return false;
    }
}
