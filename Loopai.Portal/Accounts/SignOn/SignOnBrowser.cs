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
    public const string TestEnded = "This test has ended, or was begun too long ago. Begin a new one on the connection's page.";

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
        var sso = identity is null ? null : new SsoSession(connection.OrganizationId, connection.Id, identity.Subject, SessionIdOf(identity));
        await cookie.StartAsync(http, user, SignInMethod.Sso, secondFactor: false, sso: sso);
        return Results.Redirect(LocalUrl.OrHome(returnPath));
    }

    /// <summary>The provider's name for its session; one that is too long to keep is left out, and a logout then goes by the person.</summary>
    private static string? SessionIdOf(ExternalIdentity identity) =>
        identity.ProviderSessionId is { Length: <= UserSession.LongestProviderId } id ? id : null;

    /// <summary>Leads to the page that shows the reason. The reason travels sealed, so that nobody's link puts words on it.</summary>
    public IResult Refused(string reason) => Results.Redirect(PortalUrls.SignInRefused(Seal(reason)));

    /// <summary>A text for the next page's address, which only this portal can have written.</summary>
    public string Seal(string text) => Protector.Protect(text, TimeSpan.FromMinutes(10));

    /// <summary>The text that was sealed; null when it is none of ours, or old.</summary>
    public string? Unseal(string? sealedText)
    {
        try
        {
            return string.IsNullOrEmpty(sealedText) ? null : Protector.Unprotect(sealedText);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private ITimeLimitedDataProtector Protector => protection.CreateProtector("Loopai.SignOn.Sealed").ToTimeLimitedDataProtector();

    private static string CookieOf(string handle) => CookiePrefix + Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(handle)))[..16];
}
