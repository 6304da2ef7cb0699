using System.Security.Claims;
using Loopai.Core.Access;
using Loopai.Core.Identity;
using Loopai.Portal.Api;

namespace Loopai.Portal.Accounts;

/// <summary>Reads who acts off a request or a circuit.</summary>
public static class AccountClaims
{
    public static Guid? UserId(this ClaimsPrincipal user) => Guid.TryParse(user.FindFirstValue(ClaimTypes.NameIdentifier), out var id) ? id : null;

    public static Guid? SessionId(this ClaimsPrincipal user) => Guid.TryParse(user.FindFirstValue(SessionCookie.Claim), out var id) ? id : null;

    /// <summary>The person as a caller on their own account; null when nobody is signed in.</summary>
    public static AccountCaller? Account(this ClaimsPrincipal user, RequestOrigin origin) =>
        user.UserId() is { } userId && user.SessionId() is { } sessionId ? new AccountCaller(userId, sessionId, origin) : null;

    /// <summary>Whoever is signed in, where no organization is concerned yet.</summary>
    public static Person Person(this HttpContext http, Guid userId) => new(userId, http.User.Identity?.Name ?? "", ApiPipeline.OriginOf(http));

    /// <summary>Where the request came from.</summary>
    public static RequestOrigin Origin(this HttpContext http)
    {
        var address = http.Connection.RemoteIpAddress;
        var agent = http.Request.Headers.UserAgent.ToString();
        return new((address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString(), agent.Length > 512 ? agent[..512] : agent);
    }
}
