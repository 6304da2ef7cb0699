using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Organizations;

/// <summary>Who is in an organization, with what they hold. Names stand with accounts, which belong to no organization, so the system reads them here.</summary>
public sealed class MemberDirectory(LoopaiData data)
{
    /// <summary>One window of the members by address.</summary>
    public async Task<Page<MemberEntry>> ListAsync(Caller caller, MemberFilter filter, PageRequest page, CancellationToken ct)
    {
        caller.Demand(Permissions.OrganizationRead);
        page = page.Validated();
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var people = People(db, caller.OrganizationId);
        if (!string.IsNullOrWhiteSpace(filter.Search))
        {
            var part = filter.Search.Trim().ToLowerInvariant();
            people = people.Where(p => p.Email.ToLower().Contains(part) || p.Name.ToLower().Contains(part));
        }

        people = filter.Status is { } status ? people.Where(p => p.Membership.Status == status) : people;
        people = filter.TeamId is { } team
            ? people.Where(p => db.TeamMembers.Any(m => m.OrganizationId == caller.OrganizationId && m.TeamId == team && m.UserId == p.Membership.UserId))
            : people;
        people = filter.RoleId is { } role
            ? people.Where(p => db.Grants.Any(g => g.OrganizationId == caller.OrganizationId && g.RoleId == role
                && (g.UserId == p.Membership.UserId
                    || db.TeamMembers.Any(m => m.OrganizationId == caller.OrganizationId && m.TeamId == g.TeamId && m.UserId == p.Membership.UserId))))
            : people;
        if (Cursor.Decode<After>(page.Cursor) is { } after)
        {
            people = people.Where(p => p.Email.CompareTo(after.Email) > 0 || (p.Email == after.Email && p.Membership.UserId.CompareTo(after.UserId) > 0));
        }

        var rows = await people.OrderBy(p => p.Email).ThenBy(p => p.Membership.UserId).Take(page.Limit + 1).ToListAsync(ct);
        var shown = await WithGrantsAsync(db, caller.OrganizationId, [.. rows.Take(page.Limit)], ct);
        return new Page<MemberEntry>(shown, rows.Count > page.Limit ? Cursor.Encode(new After(shown[^1].Email, shown[^1].UserId)) : null);
    }

    public async Task<MemberEntry> GetAsync(Caller caller, Guid userId, CancellationToken ct)
    {
        caller.Demand(Permissions.OrganizationRead);
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var person = await People(db, caller.OrganizationId).FirstOrDefaultAsync(p => p.Membership.UserId == userId, ct) ?? throw OrganizationErrors.MemberNotFound(userId);
        return (await WithGrantsAsync(db, caller.OrganizationId, [person], ct))[0];
    }

    private static IQueryable<Person> People(LoopaiDbContext db, Guid organizationId) => db.Memberships.AsNoTracking()
        .Where(m => m.OrganizationId == organizationId)
        .Join(db.Users, m => m.UserId, u => u.Id, (m, u) => new Person { Membership = m, Name = u.DisplayName, Email = u.Email ?? "" });

    private static async Task<List<MemberEntry>> WithGrantsAsync(LoopaiDbContext db, Guid organizationId, List<Person> people, CancellationToken ct)
    {
        var ids = people.Select(p => p.Membership.UserId).ToList();
        var grants = (await db.Grants.AsNoTracking().Where(g => g.OrganizationId == organizationId && g.UserId != null && ids.Contains(g.UserId.Value)).ToListAsync(ct))
            .ToLookup(g => g.UserId!.Value);
        var teams = (await db.TeamMembers.Where(m => m.OrganizationId == organizationId && ids.Contains(m.UserId))
            .Join(db.Teams, m => m.TeamId, t => t.Id, (m, t) => new { m.UserId, t.Id, t.Name, m.Source }).ToListAsync(ct)).ToLookup(t => t.UserId);
        return
        [
            .. people.Select(p => new MemberEntry(
                p.Membership.UserId, p.Name, p.Email, p.Membership.Status, p.Membership.JoinedAt, p.Membership.DeactivatedAt, [.. grants[p.Membership.UserId]],
                [.. teams[p.Membership.UserId].OrderBy(t => t.Name, StringComparer.CurrentCulture).Select(t => new MemberTeam(t.Id, t.Name, t.Source))])),
        ];
    }

    private sealed class Person
    {
        public required Membership Membership { get; init; }

        public required string Name { get; init; }

        public required string Email { get; init; }
    }

    private sealed record After(string Email, Guid UserId);
}

/// <param name="Search">Part of a name or an address.</param>
/// <param name="Status">Only those who are in, or only those who are shut out.</param>
/// <param name="TeamId">Only those of a team.</param>
/// <param name="RoleId">Only those who hold a role, themselves or through a team.</param>
public sealed record MemberFilter(string? Search = null, MembershipStatus? Status = null, Guid? TeamId = null, string? RoleId = null);

/// <param name="UserId">The person.</param>
/// <param name="Name">Their name.</param>
/// <param name="Email">Their address.</param>
/// <param name="Status">Whether they get in.</param>
/// <param name="JoinedAt">Since when they belong.</param>
/// <param name="DeactivatedAt">Since when they are shut out.</param>
/// <param name="Grants">What they hold themselves.</param>
/// <param name="Teams">The teams they are in; one that two sources keep stands here twice.</param>
public sealed record MemberEntry(
    Guid UserId, string Name, string Email, MembershipStatus Status, DateTimeOffset JoinedAt, DateTimeOffset? DeactivatedAt, IReadOnlyList<Grant> Grants,
    IReadOnlyList<MemberTeam> Teams);

/// <param name="Id">The team.</param>
/// <param name="Name">Its name.</param>
/// <param name="Source">Who keeps the member in it.</param>
public sealed record MemberTeam(Guid Id, string Name, AccessSource Source);
