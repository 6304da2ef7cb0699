using System.Globalization;
using System.Security.Claims;
using Loopai.Core.Identity;
using Loopai.Core.Identity.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;

namespace Loopai.Portal.Accounts;

/// <summary>The cookie that names a session. Every way of signing in ends here.</summary>
public sealed class SessionCookie(SessionService sessions, SignInManager<User> signIn)
{
    /// <summary>The claim that holds the session's id.</summary>
    public const string Claim = "loopai:session";

    /// <summary>Starts a session for a person who has shown who they are, and hands the browser its cookie.</summary>
    /// <param name="http">The request that is answered with the cookie.</param>
    /// <param name="user">Who it is.</param>
    /// <param name="method">How they showed it.</param>
    /// <param name="secondFactor">Whether they showed more than a password.</param>
    /// <param name="remember">Whether the cookie outlives the browser.</param>
    /// <param name="sso">The identity provider's part, where it was one.</param>
    public async Task<UserSession> StartAsync(
        HttpContext http, User user, SignInMethod method, bool secondFactor, bool remember = false, SsoSession? sso = null)
    {
        // Whoever signs in again from a live session leaves no second one behind.
        if (http.User.Account(http.Origin()) is { } before && before.UserId == user.Id)
        {
            await sessions.EndAsync(before, before.SessionId, SessionEnd.SignedOut, http.RequestAborted);
        }

        var session = await sessions.StartAsync(new NewSession(user.Id, method, secondFactor, http.Origin(), sso), http.RequestAborted);
        var principal = await signIn.CreateUserPrincipalAsync(user);
        principal.Identities.First().AddClaim(new Claim(Claim, session.Id.ToString("n", CultureInfo.InvariantCulture)));
        await http.SignInAsync(IdentityConstants.ApplicationScheme, principal, new AuthenticationProperties { IsPersistent = remember });
        return session;
    }

    /// <summary>Ends the session of the request, and takes its cookie back.</summary>
    public async Task EndAsync(HttpContext http)
    {
        if (http.User.Account(http.Origin()) is { } caller)
        {
            await sessions.EndAsync(caller, caller.SessionId, SessionEnd.SignedOut, http.RequestAborted);
        }

        await http.SignOutAsync(IdentityConstants.ApplicationScheme);
    }

    /// <summary>Refuses the cookie of a session that ended.</summary>
    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var cache = context.HttpContext.RequestServices.GetRequiredService<SessionCache>();
        if (context.Principal?.SessionId() is not { } id || await cache.UseAsync(id, context.HttpContext.RequestAborted) is null)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(context.Scheme.Name);
        }
    }
}
