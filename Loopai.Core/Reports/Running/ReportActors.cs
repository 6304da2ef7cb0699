using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Organizations;
using Loopai.Core.Reports.Scheduling;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Reports.Running;

/// <summary>With whose eyes a run looks: its owner's, and those of every recipient who is a member. What somebody lost since, they lost for reports too.</summary>
public sealed class ReportActors(LoopaiData data, TimeProvider time)
{
    /// <summary>Whoever stands behind a run; null when they are no active member any more, or the key that they used is gone.</summary>
    public async Task<Caller?> OwnerAsync(Guid organizationId, Guid environmentId, Guid ownerId, Guid? keyId, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        if (await db.HeldByAsync(organizationId, ownerId, environmentId, ct) is not { } held)
        {
            return null;
        }

        if (keyId is null)
        {
            var name = await db.Users.Where(u => u.Id == ownerId).Select(u => u.DisplayName).FirstAsync(ct);
            return Caller.ForUser(ownerId, name, organizationId, environmentId, held);
        }

        var key = await db.ApiKeys.AsNoTracking().FirstOrDefaultAsync(k => k.Id == keyId && k.OrganizationId == organizationId, ct);
        return key is null || !key.IsUsable(time.GetUtcNow())
            ? null
            : Caller.ForKey(key.Id, key.Name, organizationId, environmentId, held.Only(key.Permissions.Split(' '), key.Tasks), ownerId);
    }

    /// <summary>Everybody whom recipients name, as they are now. An address of a member stands for that member, who sees no more by being called an address.</summary>
    public async Task<IReadOnlyList<Reader>> ReadersAsync(Caller owner, ReportRecipients recipients, CancellationToken ct)
    {
        var organizationId = owner.OrganizationId;
        var addresses = recipients.Addresses.Select(a => a.ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var inTeams = db.TeamMembers.Where(m => m.OrganizationId == organizationId);
        var people = await db.Memberships
            .Where(m => m.OrganizationId == organizationId && m.Status == MembershipStatus.Active)
            .Join(db.Users, m => m.UserId, u => u.Id, (m, u) => new { u.Id, u.DisplayName, Email = (u.Email ?? "").ToLower() })
            .Where(u => recipients.People.Contains(u.Id) || addresses.Contains(u.Email) || inTeams.Any(t => t.UserId == u.Id && recipients.Teams.Contains(t.TeamId))
                || db.Grants.Any(g => g.OrganizationId == organizationId && g.EnvironmentId == null && g.TaskId == null && recipients.Roles.Contains(g.RoleId)
                    && (g.UserId == u.Id || inTeams.Any(t => t.UserId == u.Id && t.TeamId == g.TeamId))))
            .ToListAsync(ct);
        var readers = new Dictionary<string, Reader>(StringComparer.Ordinal);
        foreach (var person in people.Where(p => p.Email.Length > 0))
        {
            var held = await db.HeldByAsync(organizationId, person.Id, owner.EnvironmentId, ct);
            readers[person.Email] = new Reader(person.Email, person.DisplayName, Caller.ForUser(person.Id, person.DisplayName, organizationId, owner.EnvironmentId, held!));
        }

        foreach (var address in addresses.Where(a => !readers.ContainsKey(a)))
        {
            readers[address] = new Reader(address, "", owner);
        }

        return [.. readers.Values.OrderBy(r => r.Address, StringComparer.Ordinal)];
    }
}

/// <param name="Address">In lower case.</param>
/// <param name="Name">Theirs; empty for an address outside.</param>
/// <param name="Caller">With whose eyes their files are made.</param>
public sealed record Reader(string Address, string Name, Caller Caller);
