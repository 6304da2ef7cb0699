using Loopai.Core.Identity;
using Loopai.Core.Identity.Sessions;
using Microsoft.AspNetCore.Components.Authorization;

namespace Loopai.Portal.Accounts;

/// <summary>Who looks at the page, as a caller on their own account.</summary>
public sealed class CurrentAccount(AuthenticationStateProvider authentication, SessionCache sessions)
{
    /// <exception cref="Core.Errors.NotFoundException">Nobody does any more: the session ended.</exception>
    public async Task<AccountCaller> GetAsync()
    {
        var user = (await authentication.GetAuthenticationStateAsync()).User;
        var session = user.SessionId() is { } id ? await sessions.UseAsync(id, CancellationToken.None) : null;
        return session is null
            ? throw new Core.Errors.NotFoundException("session.over", "Your session is over. Sign in again.")
            : new AccountCaller(session.UserId, session.Id, new RequestOrigin(session.Address, null));
    }
}
