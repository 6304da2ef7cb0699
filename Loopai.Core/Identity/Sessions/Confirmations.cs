using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Identity.Sessions;

/// <summary>The same demand for an act in an organization, for which the organization's own identity provider may vouch too.</summary>
internal static class Confirmations
{
    /// <summary>Demands that a person who sits in front of the portal proved lately who they are. Programs hold no session and are not asked.</summary>
    /// <exception cref="Errors.ConflictException">There is no recent proof; its code is <see cref="IdentityErrors.ConfirmationNeeded"/>.</exception>
    public static async Task DemandConfirmedAsync(this LoopaiData data, Caller caller, DateTimeOffset now, CancellationToken ct)
    {
        if (caller.SessionId is not { } session)
        {
            return;
        }

        var since = now - ConfirmationService.GoodFor;
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        if (!await db.UserSessions.AnyAsync(
            s => s.Id == session && s.UserId == caller.Id && s.EndedAt == null
                && (s.ConfirmedAt > since || (s.SsoOrganizationId == caller.OrganizationId && s.AuthenticatedAt > since)), ct))
        {
            throw IdentityErrors.Unconfirmed();
        }
    }
}
