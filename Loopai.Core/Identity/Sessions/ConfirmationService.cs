using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Identity.Sessions;

/// <summary>Before what matters, a person proves again who they are: an open session on a table in a café must not be enough.</summary>
public sealed class ConfirmationService(LoopaiData data, TimeProvider time)
{
    /// <summary>For how long a proof is good.</summary>
    public static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(10);

    /// <summary>Demands a recent proof by a credential of the account itself.</summary>
    /// <exception cref="Errors.ConflictException">There is none; its code is <see cref="IdentityErrors.ConfirmationNeeded"/>.</exception>
    public async Task DemandAsync(AccountCaller caller, CancellationToken ct)
    {
        // Read from the table, not from the cache: a second earlier or later decides.
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var since = time.GetUtcNow() - GoodFor;
        if (!await db.UserSessions.AnyAsync(s => s.Id == caller.SessionId && s.UserId == caller.UserId && s.EndedAt == null && s.ConfirmedAt > since, ct))
        {
            throw IdentityErrors.Unconfirmed();
        }
    }

    /// <summary>Notes that the person proved it now.</summary>
    public async Task MarkAsync(AccountCaller caller, bool secondFactor, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        await db.UserSessions.Where(s => s.Id == caller.SessionId && s.UserId == caller.UserId).ExecuteUpdateAsync(
            set => set.SetProperty(s => s.AuthenticatedAt, now).SetProperty(s => s.ConfirmedAt, now)
                .SetProperty(s => s.SecondFactor, s => s.SecondFactor || secondFactor), ct);
    }
}
