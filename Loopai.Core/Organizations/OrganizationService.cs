using System.Text.RegularExpressions;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Organizations;

/// <summary>Organizations and their environments.</summary>
public sealed partial class OrganizationService(LoopaiData data, TimeProvider time)
{
    /// <summary>Makes an organization with its three environments and its first owner.</summary>
    public async Task<Organization> CreateAsync(Guid ownerId, string ownerName, string slug, string name, CancellationToken ct)
    {
        new FieldErrors()
            .AddIf(!SlugShape().IsMatch(slug), "slug", "2 to 40 lower-case letters, digits and hyphens, starting with a letter.")
            .AddIf(string.IsNullOrWhiteSpace(name) || name.Length > 200, "name", "Give the organization a name of at most 200 characters.")
            .ThrowIfAny("organization.invalid", "The organization cannot be made like this.");

        await using var db = await data.OpenAsync(Caller.Installation, ct);
        if (await db.Organizations.AnyAsync(o => o.Slug == slug, ct))
        {
            throw OrganizationErrors.SlugTaken(slug);
        }

        var now = time.GetUtcNow();
        var organization = new Organization { Id = Guid.CreateVersion7(), Slug = slug, Name = name.Trim(), CreatedAt = now };
        foreach (var (environment, index) in OrganizationEnvironment.Defaults.Select((e, i) => (e, i)))
        {
            organization.Environments.Add(new OrganizationEnvironment
            {
                Id = Guid.CreateVersion7(), OrganizationId = organization.Id, Key = environment.Key, Name = environment.Name, Position = index,
            });
        }

        db.Organizations.Add(organization);
        db.Memberships.Add(new Membership { OrganizationId = organization.Id, UserId = ownerId, JoinedAt = now });
        db.Grants.Add(new Grant
        {
            Id = Guid.CreateVersion7(), OrganizationId = organization.Id, UserId = ownerId, RoleId = BuiltInRoles.OwnerId, Source = AccessSource.Manual,
            GrantedBy = ownerName, CreatedAt = now,
        });
        db.Record(Caller.System(organization.Id), "organization.created", "organization", organization.Id, new { slug, name, owner = ownerName });
        await db.SaveChangesAsync(ct);
        return organization;
    }

    /// <summary>The organizations a person belongs to, by name, each with its environments.</summary>
    public async Task<IReadOnlyList<Organization>> OfUserAsync(Guid userId, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        return await db.Organizations.AsNoTracking()
            .Include(o => o.Environments.OrderBy(e => e.Position))
            .Where(o => o.DeletedAt == null
                && db.Memberships.Any(m => m.OrganizationId == o.Id && m.UserId == userId && m.Status == MembershipStatus.Active))
            .OrderBy(o => o.Name)
            .ToListAsync(ct);
    }

    /// <summary>The organization with its environments.</summary>
    public async Task<Organization> GetAsync(Caller caller, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(caller, ct);
        return await db.Organizations.AsNoTracking().Include(o => o.Environments.OrderBy(e => e.Position)).SingleAsync(ct);
    }

    /// <summary>Changes the name and the time zone.</summary>
    public async Task<Organization> UpdateAsync(Caller caller, string name, string timeZone, CancellationToken ct)
    {
        caller.Demand(Permissions.OrganizationManage);
        new FieldErrors()
            .AddIf(string.IsNullOrWhiteSpace(name) || name.Length > 200, "name", "Give the organization a name of at most 200 characters.")
            .AddIf(!TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out _), "timeZone", $"'{timeZone}' is no IANA time zone; an example is Europe/Berlin.")
            .ThrowIfAny("organization.invalid", "The organization cannot be changed like this.");
        await using var db = await data.OpenAsync(caller, ct);
        var organization = await db.Organizations.SingleAsync(ct);
        db.Record(caller, "organization.updated", "organization", organization.Id,
            new { before = new { organization.Name, organization.TimeZone }, after = new { name, timeZone } });
        organization.Name = name.Trim();
        organization.TimeZone = timeZone;
        await db.SaveChangesAsync(ct);
        return organization;
    }

    [GeneratedRegex("^[a-z][a-z0-9-]{1,39}$", RegexOptions.NonBacktracking)]
    private static partial Regex SlugShape();
}
