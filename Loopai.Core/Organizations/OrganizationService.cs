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
    /// <summary>More than this are a mistake, or somebody who fills the list.</summary>
    public const int MostOfOnePerson = 50;

    /// <summary>Makes an organization with its three environments and its first owner.</summary>
    public async Task<Organization> CreateAsync(Person owner, string slug, string name, CancellationToken ct)
    {
        new FieldErrors()
            .AddIf(!SlugShape().IsMatch(slug), "slug", "A short name has 2 to 40 lower-case letters, digits and hyphens, and starts with a letter.")
            .AddIf(string.IsNullOrWhiteSpace(name) || name.Length > 200, "name", "Give the organization a name of at most 200 characters.")
            .ThrowIfAny("organization.invalid", "The organization cannot be made like this.");

        await using var db = await data.OpenAsync(Caller.Installation, ct);
        if (await db.Organizations.AnyAsync(o => o.Slug == slug, ct))
        {
            throw OrganizationErrors.SlugTaken(slug);
        }

        if (await db.Memberships.CountAsync(m => m.UserId == owner.Id, ct) >= MostOfOnePerson)
        {
            throw OrganizationErrors.TooManyOrganizations(MostOfOnePerson);
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
        db.Memberships.Add(new Membership { OrganizationId = organization.Id, UserId = owner.Id, JoinedAt = now });
        db.Grants.Add(new Grant
        {
            Id = Guid.CreateVersion7(), OrganizationId = organization.Id, UserId = owner.Id, RoleId = BuiltInRoles.OwnerId, Source = AccessSource.Manual,
            GrantedBy = owner.Name, CreatedAt = now,
        });
        db.Record(owner.In(organization.Id), "organization.created", "organization", organization.Id, new { slug, name });
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

    /// <summary>The organization of this id, which is the caller's own; every other does not exist.</summary>
    public async Task<Organization> GetAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.OrganizationRead);
        caller.DemandOwn(id);
        return await GetAsync(caller, ct);
    }

    /// <summary>
    /// What the person behind the call belongs to. A key reaches beyond its own organization only when it may do all that an owner may: who holds a lesser
    /// one learns nothing about where else its owner is.
    /// </summary>
    public async Task<IReadOnlyList<Organization>> ListAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.OrganizationRead);
        return caller.May(Permissions.OrganizationDelete) && await FindPersonAsync(caller, ct) is { } person
            ? await OfUserAsync(person, ct)
            : [await GetAsync(caller, ct)];
    }

    /// <summary>Makes one more organization, which the person behind the call owns.</summary>
    public async Task<Organization> CreateAsync(Caller caller, string? slug, string? name, CancellationToken ct)
    {
        return await CreateAsync(await PersonAsync(caller, ct), slug ?? "", name ?? "", ct);
    }

    /// <summary>The person for whom the caller acts beyond the organization: signed in, or behind a key that may do all that an owner may.</summary>
    public async Task<Person> PersonAsync(Caller caller, CancellationToken ct)
    {
        if (caller.Kind == CallerKind.ApiKey)
        {
            caller.Demand(Permissions.OrganizationDelete);
        }

        return new Person(await FindPersonAsync(caller, ct) ?? throw OrganizationErrors.NobodyBehind(), caller.Name, caller.Origin);
    }

    /// <summary>A key whose person was removed or shut out speaks for nobody any more.</summary>
    private async Task<Guid?> FindPersonAsync(Caller caller, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(caller, ct);
        return await db.Memberships.Where(m => m.UserId == caller.PersonId && m.Status == MembershipStatus.Active).Select(m => (Guid?)m.UserId).FirstOrDefaultAsync(ct);
    }

    [GeneratedRegex("^[a-z][a-z0-9-]{1,39}$", RegexOptions.NonBacktracking)]
    private static partial Regex SlugShape();
}
