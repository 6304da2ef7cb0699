using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Identity;

/// <summary>Records what happens to an account in the audit log of every organization that the person is a member of.</summary>
public sealed class AuthenticationLog(LoopaiData data)
{
    public Task RecordAsync(User user, string action, RequestOrigin origin, object? details, CancellationToken ct) =>
        RecordAsync(user.Id, user.Email ?? user.DisplayName, action, origin, details, ct);

    /// <summary>For an act of the person on their own account.</summary>
    public async Task RecordAsync(AccountCaller caller, string action, object? details, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var name = await db.Users.Where(u => u.Id == caller.UserId).Select(u => u.Email ?? u.DisplayName).FirstOrDefaultAsync(ct) ?? "";
        await RecordAsync(caller.UserId, name, action, caller.Origin, details, ct);
    }

    private async Task RecordAsync(Guid userId, string name, string action, RequestOrigin origin, object? details, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        foreach (var organizationId in await db.Memberships.Where(m => m.UserId == userId).Select(m => m.OrganizationId).ToListAsync(ct))
        {
            db.Record(Caller.ForUser(userId, name, organizationId, Guid.Empty, []), action, "user", userId, new { details, origin.Address, origin.UserAgent });
        }

        await db.SaveChangesAsync(ct);
    }
}
