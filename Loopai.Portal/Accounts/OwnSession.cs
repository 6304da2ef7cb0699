using Loopai.Core.Identity;
using Loopai.Core.Identity.Sessions;

namespace Loopai.Portal.Accounts;

/// <summary>
/// Who acts for themselves, beyond any one organization. An organization's identity provider vouches for people within that organization alone: if its word
/// counted elsewhere, whoever runs it could join, found and restore organizations in the name of everybody it knows.
/// </summary>
public sealed class OwnSession(SessionCache sessions)
{
    /// <summary>What a page says to somebody who came through a provider.</summary>
    public const string Advice = "You came in through your organization's sign-on, which speaks for that organization alone. Sign out, and sign in with your own password or passkey.";

    /// <summary>The person, and the only organization that their session speaks for; null for all of them.</summary>
    public async Task<(Guid UserId, Guid? OnlyOrganization)?> FindAsync(HttpContext http)
    {
        var session = http.User.SessionId() is { } id ? await sessions.FindAsync(id, http.RequestAborted) : null;
        return session is null ? null : (session.UserId, session.Method == SignInMethod.Sso ? session.SsoOrganizationId ?? Guid.Empty : null);
    }
}
