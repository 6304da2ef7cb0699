using System.Security.Cryptography;
using Loopai.Core.Identity;
using Loopai.Core.Identity.Sessions;
using Loopai.Core.Identity.SignOn;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;

namespace Loopai.Portal.Accounts.SignOn;

/// <summary>What every protocol does in the browser: bind a round trip to it, bring the person in at its end, or say why not.</summary>
public sealed class SignOnBrowser(SessionCookie cookie, UserManager<User> users, IDataProtectionProvider protection)
{
    private const string CookiePrefix = "loopai.sso.";

    /// <summary>Keeps the attempt's secret in this browser. A provider that answers with a cross-site POST needs <see cref="SameSiteMode.None"/>.</summary>
    public static void Remember(HttpContext http, BegunAttempt attempt, SameSiteMode sameSite = SameSiteMode.Lax) =>
        http.Response.Cookies.Append(CookieOf(attempt.Handle), attempt.Browser, new CookieOptions
        {
            HttpOnly = true, IsEssential = true, MaxAge = SignOnAttempts.Lifetime, Path = PortalUrls.SignIn, SameSite = sameSite,
            Secure = http.Request.IsHttps || sameSite == SameSiteMode.None,
        });

    /// <summary>The secret that this browser kept for the attempt, which with this it forgets.</summary>
    public static string? Recall(HttpContext http, string? handle)
    {
        if (string.IsNullOrEmpty(handle) || http.Request.Cookies[CookieOf(handle)] is not { } secret)
        {
            return null;
        }

        http.Response.Cookies.Delete(CookieOf(handle), new CookieOptions { Path = PortalUrls.SignIn });
        return secret;
    }

    /// <summary>Signs the person in and leads them on, or to the page that says why not.</summary>
    public async Task<IResult> FinishAsync(HttpContext http, SignOnConnection connection, SignOnOutcome outcome, ExternalIdentity? identity, string returnPath)
    {
        if (outcome.UserId is not { } userId || await users.FindByIdAsync(userId.ToString()) is not { } user)
        {
            return Refused(outcome.Refusal?.Message ?? "This account does not exist any more.");
        }

        // Whether there was a second factor is the provider's business: whoever trusts it to name people trusts it in this too.
        var sso = identity is null ? null : new SsoSession(connection.OrganizationId, connection.Id, identity.Subject, identity.ProviderSessionId);
        await cookie.StartAsync(http, user, SignInMethod.Sso, secondFactor: false, sso: sso);
        return Results.Redirect(LocalPath(returnPath));
    }

    /// <summary>Leads to the page that shows the reason. The reason travels sealed, so that nobody's link puts words on it.</summary>
    public IResult Refused(string reason) => Results.Redirect(PortalUrls.SignInRefused(Protector.Protect(reason, TimeSpan.FromMinutes(10))));

    /// <summary>The reason that <see cref="Refused"/> sealed; null when it is none of ours, or old.</summary>
    public string? ReasonOf(string? sealedReason)
    {
        try
        {
            return string.IsNullOrEmpty(sealedReason) ? null : Protector.Unprotect(sealedReason);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Only a path of our own: an address that came with a link must not lead a person to another site.</summary>
    public static string LocalPath(string? path) =>
        path is not null && path.StartsWith('/') && !path.StartsWith("//", StringComparison.Ordinal) && !path.Contains('\\', StringComparison.Ordinal) ? path : "/";

    private ITimeLimitedDataProtector Protector => protection.CreateProtector("Loopai.SignOn.Refusal").ToTimeLimitedDataProtector();

    private static string CookieOf(string handle) => CookiePrefix + Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(handle)))[..16];
}
