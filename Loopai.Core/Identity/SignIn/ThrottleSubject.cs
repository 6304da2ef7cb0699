using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Loopai.Core.Identity.SignIn;

/// <summary>What attempts are counted for.</summary>
/// <param name="Key">The row's key.</param>
public readonly record struct ThrottleSubject(string Key)
{
    /// <summary>Passwords of an account, existing or not.</summary>
    public static ThrottleSubject Account(string email) => Of("account", Normal(email));

    /// <summary>Codes of the second factor.</summary>
    public static ThrottleSubject Code(Guid userId) => Of("code", userId.ToString());

    /// <summary>Links to a new password.</summary>
    public static ThrottleSubject Reset(string email) => Of("reset", Normal(email));

    /// <summary>Everything that comes from one place: an IPv4 address, or an IPv6 network of 64 bits, which is what one customer gets at least.</summary>
    public static ThrottleSubject? Address(string? address)
    {
        if (!IPAddress.TryParse(address, out var ip))
        {
            return null;
        }

        ip = ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip;
        return Of("address", ip.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexString(ip.GetAddressBytes().AsSpan(0, 8)) : ip.ToString());
    }

    private static string Normal(string email) => email.Trim().ToUpperInvariant();

    private static ThrottleSubject Of(string kind, string whose) => new($"{kind}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(whose)).AsSpan(0, 16))}");
}
