using System.Net;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Identity;

/// <summary>Records what happens to an account in the audit log of every organization that the person is an active member of.</summary>
public sealed class AuthenticationLog(LoopaiData data)
{
    public Task RecordAsync(User user, string action, RequestOrigin origin, object? details, CancellationToken ct) =>
        RecordAsync(user.Id, user.Email ?? user.DisplayName, action, origin, AuditResult.Success, null, details, ct);

    /// <summary>For an act of the person on their own account.</summary>
    public async Task RecordAsync(AccountCaller caller, string action, object? details, CancellationToken ct) =>
        await RecordAsync(caller.UserId, await NameAsync(caller, ct), action, caller.Origin, AuditResult.Success, null, details, ct);

    /// <summary>Somebody tried to be this person, and was not let.</summary>
    public Task RefusedAsync(User user, string action, string reason, RequestOrigin origin, CancellationToken ct) =>
        RecordAsync(user.Id, user.Email ?? user.DisplayName, action, origin, AuditResult.Refused, reason, null, ct);

    /// <summary>Somebody at an open session could not show that it is theirs.</summary>
    public async Task RefusedAsync(AccountCaller caller, string action, string reason, CancellationToken ct) =>
        await RecordAsync(caller.UserId, await NameAsync(caller, ct), action, caller.Origin, AuditResult.Refused, reason, null, ct);

    private async Task<string> NameAsync(AccountCaller caller, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        return await db.Users.Where(u => u.Id == caller.UserId).Select(u => u.Email ?? u.DisplayName).FirstOrDefaultAsync(ct) ?? "";
    }

    private async Task RecordAsync(
        Guid userId, string name, string action, RequestOrigin origin, AuditResult result, string? reason, object? details, CancellationToken ct)
    {
        var from = new CallerOrigin(IPAddress.TryParse(origin.Address, out var address) ? address : null, origin.UserAgent);
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        foreach (var organizationId in await db.Memberships
            .Where(m => m.UserId == userId && m.Status == MembershipStatus.Active && db.Organizations.Any(o => o.Id == m.OrganizationId && o.DeletedAt == null))
            .Select(m => m.OrganizationId).ToListAsync(ct))
        {
            db.Record(Caller.ForUser(userId, name, organizationId, Guid.Empty, []).From(from), action, "user", userId, result, reason, details);
        }

        await db.SaveChangesAsync(ct);
    }
}
