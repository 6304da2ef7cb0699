using System.Security.Claims;
using Loopai.Core.Access;
using Loopai.Core.Identity.SignOn;
using Loopai.Portal.Accounts;
using Loopai.Portal.Api;

namespace Loopai.Portal.Shell;

/// <summary>Who somebody signed in is in the organization of an address, and whether the way they signed in opens it. Pages and the files beside them ask alike.</summary>
public sealed class OrganizationEntry(AccessService access, SignOnGate gate)
{
    /// <summary>The person as a caller, and whether they may enter; null when to them there is no such organization.</summary>
    public async Task<(Caller Caller, SignOnEntry Entry)?> FindAsync(
        ClaimsPrincipal user, CallerOrigin origin, string organization, string? environment, CancellationToken ct) =>
        user.UserId() is { } userId && user.SessionId() is { } session
        && (await access.CallerAsync(userId, user.Identity?.Name ?? "", organization, environment, ct))?.From(origin).In(session) is { } caller
            ? (caller, await gate.EnterAsync(caller, session, ct))
            : null;

    /// <summary>The caller of a file's address: null for whoever the pages would not let in either.</summary>
    public async Task<Caller?> CallerAsync(HttpContext http, string organization, string? environment, CancellationToken ct) =>
        await FindAsync(http.User, ApiPipeline.OriginOf(http), organization, environment, ct) is { Entry: SignOnEntry.Open or SignOnEntry.BreakGlass } found ? found.Caller : null;
}
