using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace Loopai.Portal.Accounts.SignOn;

/// <summary>
/// How often one address may begin or end a way through an identity provider: each beginning is a row and each end a signature to check, for people whom nobody knows
/// yet. A whole company may come from one address at nine o'clock, so it is generous.
/// </summary>
public sealed class SignOnLimit : IDisposable
{
    private const int AtOnce = 300;
    private const int PerSecond = 10;

    /// <summary>A provider hands out whole networks of this size.</summary>
    private const int BytesOfAnIPv6Network = 8;

    private readonly PartitionedRateLimiter<HttpContext> _limiter = PartitionedRateLimiter.Create<HttpContext, string>(http => RateLimitPartition.GetTokenBucketLimiter(
        NetworkOf(http.Connection.RemoteIpAddress),
        _ => new TokenBucketRateLimiterOptions { TokenLimit = AtOnce, TokensPerPeriod = PerSecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0 }));

    public async ValueTask<object?> ApplyAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        using var lease = _limiter.AttemptAcquire(context.HttpContext);
        if (lease.IsAcquired)
        {
            return await next(context);
        }

        context.HttpContext.Response.Headers.RetryAfter = 1.ToString(CultureInfo.InvariantCulture);
        return Results.Text("Too many sign-ins come from this address. Wait a moment, and try again.", statusCode: StatusCodes.Status429TooManyRequests);
    }

    public void Dispose() => _limiter.Dispose();

    private static string NetworkOf(IPAddress? address) => address switch
    {
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, BytesOfAnIPv6Network)),
        _ => address?.ToString() ?? "",
    };
}
