using System.Globalization;
using System.Security.Cryptography;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.DataProtection;

namespace Loopai.Portal.Accounts;

/// <summary>Remembers in the browser, sealed and for five minutes, whose password was right while the code is still missing.</summary>
public sealed class PendingSignIn(IDataProtectionProvider protection)
{
    private const string Cookie = "loopai.pending";
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private ITimeLimitedDataProtector Protector => protection.CreateProtector("Loopai.Accounts.PendingSignIn").ToTimeLimitedDataProtector();

    public void Set(HttpContext http, Guid userId, bool remember) => http.Response.Cookies.Append(
        Cookie,
        Protector.Protect(string.Create(CultureInfo.InvariantCulture, $"{userId:n} {remember}"), Lifetime),
        new CookieOptions { HttpOnly = true, IsEssential = true, SameSite = SameSiteMode.Strict, Secure = http.Request.IsHttps, Path = PortalUrls.SignIn, MaxAge = Lifetime });

    /// <summary>Who it was; null when nobody was, or too long ago.</summary>
    public (Guid UserId, bool Remember)? Get(HttpContext http)
    {
        try
        {
            return http.Request.Cookies[Cookie] is { } text && Protector.Unprotect(text).Split(' ') is [var id, var remember] ? (Guid.Parse(id), bool.Parse(remember)) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public static void Clear(HttpContext http) => http.Response.Cookies.Delete(Cookie, new CookieOptions { Path = PortalUrls.SignIn });
}
