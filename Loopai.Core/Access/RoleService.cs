using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Access;

/// <summary>The roles of an organization: those that are built in, and those it made for itself.</summary>
public sealed class RoleService(LoopaiData data, TimeProvider time)
{
    private const int Most = 100;

    /// <summary>All roles, the built-in ones first, with how many people and teams hold each.</summary>
    public async Task<IReadOnlyList<RoleEntry>> ListAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.OrganizationRead);
        await using var db = await data.OpenAsync(caller, ct);
        var custom = await db.CustomRoles.AsNoTracking().OrderBy(r => r.Name).ToListAsync(ct);
        var held = await db.Grants.GroupBy(g => g.RoleId)
            .Select(g => new { g.Key, Count = g.Select(x => x.UserId ?? x.TeamId).Distinct().Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        return
        [
            .. BuiltInRoles.All.Select(r => new RoleEntry(r, held.GetValueOrDefault(r.Id), Revision: 0)),
            .. custom.Select(r => new RoleEntry(r.ToRole(), held.GetValueOrDefault(r.Id.ToString()), r.Revision)),
        ];
    }

    public async Task<RoleEntry> GetAsync(Caller caller, string id, CancellationToken ct) =>
        (await ListAsync(caller, ct)).FirstOrDefault(r => r.Role.Id == id) ?? throw AccessErrors.RoleNotFound(id);

    /// <summary>Makes a role of permissions that the caller holds.</summary>
    public async Task<CustomRole> CreateAsync(Caller caller, RoleDraft draft, CancellationToken ct)
    {
        caller.Demand(Permissions.RolesManage);
        draft.Check(forCreation: true);
        DemandHandOn(caller, draft.Permissions!);
        await using var change = await AccessChange.BeginAsync(data, caller, ct);
        await RequireFreeNameAsync(change.Db, draft.Name!.Trim(), ct);
        if (await change.Db.CustomRoles.CountAsync(ct) >= Most)
        {
            throw AccessErrors.TooManyRoles(Most);
        }

        var now = time.GetUtcNow();
        var role = new CustomRole
        {
            Id = Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, Name = draft.Name!.Trim(), Description = draft.Description?.Trim() ?? "",
            Permissions = Joined(draft.Permissions!), CreatedBy = caller.Name, CreatedAt = now, UpdatedAt = now,
        };
        change.Db.CustomRoles.Add(role);
        change.Db.Record(caller, "role.created", "role", role.Id, new { role.Name, permissions = draft.Permissions });
        await change.CommitAsync(ct);
        return role;
    }

    /// <summary>Changes what is given, for everybody who holds the role. What is added or taken away, the caller has to hold.</summary>
    /// <param name="caller">Who acts.</param>
    /// <param name="id">The role.</param>
    /// <param name="draft">The fields to change.</param>
    /// <param name="expectedRevision">The revision the caller has read; null to change whatever is there.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<CustomRole> UpdateAsync(Caller caller, string id, RoleDraft draft, int? expectedRevision, CancellationToken ct)
    {
        caller.Demand(Permissions.RolesManage);
        draft.Check(forCreation: false);
        await using var change = await AccessChange.BeginAsync(data, caller, ct);
        var role = await FindCustomAsync(change.Db, id, ct);
        if (expectedRevision is { } expected && expected != role.Revision)
        {
            throw AccessErrors.RoleChangedMeanwhile();
        }

        var before = role.ToRole();
        var permissions = draft.Permissions ?? before.Permissions;
        DemandHandOn(caller, permissions.Except(before.Permissions).Concat(before.Permissions.Except(permissions)));
        var name = draft.Name?.Trim() ?? role.Name;
        if (name != role.Name)
        {
            await RequireFreeNameAsync(change.Db, name, ct);
        }

        (role.Name, role.Description, role.Permissions, role.UpdatedAt) = (name, draft.Description?.Trim() ?? role.Description, Joined(permissions), time.GetUtcNow());
        role.Revision++;
        change.Db.Record(caller, "role.updated", "role", role.Id, new
        {
            before = new { before.Name, before.Description, before.Permissions }, after = new { role.Name, role.Description, permissions },
        });
        await change.CommitAsync(ct);
        return role;
    }

    /// <summary>Deletes a role, with all grants of it.</summary>
    public async Task DeleteAsync(Caller caller, string id, CancellationToken ct)
    {
        caller.Demand(Permissions.RolesManage);
        await using var change = await AccessChange.BeginAsync(data, caller, ct);
        var role = await FindCustomAsync(change.Db, id, ct);
        DemandHandOn(caller, role.ToRole().Permissions);
        var grants = await change.Db.Grants.Where(g => g.RoleId == id).ToListAsync(ct);
        change.Db.Grants.RemoveRange(grants);
        change.Db.CustomRoles.Remove(role);
        change.Db.Record(caller, "role.deleted", "role", role.Id, new
        {
            before = new { role.Name, role.Permissions, grants = grants.Select(g => new { g.UserId, g.TeamId, g.EnvironmentId, g.TaskId }) },
        });
        await change.CommitAsync(ct);
    }

    /// <summary>Who would gain and who would lose what if the role had these permissions; null for the role's deletion. Nothing is changed.</summary>
    public async Task<IReadOnlyList<RoleEffect>> PreviewAsync(Caller caller, string id, IReadOnlyList<string>? permissions, CancellationToken ct)
    {
        caller.Demand(Permissions.RolesManage);
        new RoleDraft { Permissions = permissions }.Check(forCreation: false);
        await using var db = await data.OpenAsync(caller, ct);
        var role = (await FindCustomAsync(db, id, ct)).ToRole();
        var roles = await db.RolesAsync(caller.OrganizationId, ct);
        var changed = new Dictionary<string, Role>(roles, StringComparer.Ordinal) { [id] = role with { Permissions = permissions ?? [] } };
        var grants = await db.Grants.AsNoTracking().ToListAsync(ct);
        var teams = (await db.TeamMembers.AsNoTracking().Select(m => new { m.TeamId, m.UserId }).Distinct().ToListAsync(ct)).ToLookup(m => m.UserId, m => m.TeamId);
        var touched = grants.Where(g => g.RoleId == id).Select(g => g.TeamId).OfType<Guid>().ToHashSet();
        var people = grants.Where(g => g.RoleId == id).Select(g => g.UserId).OfType<Guid>()
            .Concat(teams.Where(t => t.Any(touched.Contains)).Select(t => t.Key)).ToHashSet();
        var names = await data.NamesAsync(caller.OrganizationId, people, ct);
        return
        [
            .. people.Where(names.ContainsKey).Select(user =>
            {
                var held = grants.Where(g => g.UserId == user || (g.TeamId is { } team && teams[user].Contains(team))).ToList();
                var (before, after) = (Reach.Of(held, roles), Reach.Of(held, changed));
                return new RoleEffect(user, names[user].DisplayName, names[user].Email, Reach.Beyond(after, before), Reach.Beyond(before, after));
            }).Where(e => e.Gains.Count + e.Loses.Count > 0).OrderBy(e => e.Name, StringComparer.CurrentCulture).ThenBy(e => e.Email, StringComparer.Ordinal),
        ];
    }

    private static void DemandHandOn(Caller caller, IEnumerable<string> permissions)
    {
        if (permissions.FirstOrDefault(p => !caller.MayHandOn(p, GrantScope.Organization)) is { } beyond)
        {
            throw AccessErrors.BeyondOwn(beyond);
        }
    }

    private static async Task<CustomRole> FindCustomAsync(LoopaiDbContext db, string id, CancellationToken ct) =>
        BuiltInRoles.Find(id) is { } builtIn ? throw AccessErrors.BuiltIn(builtIn.Name)
        : Guid.TryParse(id, out var key) && await db.CustomRoles.FirstOrDefaultAsync(r => r.Id == key, ct) is { } role ? role
        : throw AccessErrors.RoleNotFound(id);

    private static async Task RequireFreeNameAsync(LoopaiDbContext db, string name, CancellationToken ct)
    {
        if (BuiltInRoles.All.Any(r => r.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) || await db.CustomRoles.AnyAsync(r => r.Name == name, ct))
        {
            throw AccessErrors.RoleNameTaken(name);
        }
    }

    /// <summary>In the order of the catalogue, so that the same set is the same text.</summary>
    private static string Joined(IEnumerable<string> permissions) => string.Join(' ', Permissions.All.Where(permissions.Contains));
}

/// <summary>A role as it is asked for; what is left out stays.</summary>
public sealed record RoleDraft
{
    public string? Name { get; init; }

    public string? Description { get; init; }

    public IReadOnlyList<string>? Permissions { get; init; }

    internal void Check(bool forCreation) => new FieldErrors()
        .AddIf(
            Name is null ? forCreation : string.IsNullOrWhiteSpace(Name) || Name.Trim().Length > CustomRole.MaxNameLength, "name",
            $"Give the role a name of at most {CustomRole.MaxNameLength} characters.")
        .AddIf(Description?.Length > 1000, "description", "A description has at most 1000 characters.")
        .AddIf(forCreation && Permissions is null or { Count: 0 }, "permissions", "A role needs at least one permission.")
        .AddIf(
            Permissions?.Any(p => !Access.Permissions.Grantable.Contains(p)) == true, "permissions",
            $"Known permissions: {string.Join(", ", Access.Permissions.All.Where(Access.Permissions.Grantable.Contains))}.")
        .ThrowIfAny("role.invalid", "The role cannot be made like this.");
}

/// <param name="Role">The role.</param>
/// <param name="Holders">How many people and teams hold it directly.</param>
/// <param name="Revision">Of a custom role; 0 for a built-in one.</param>
public sealed record RoleEntry(Role Role, int Holders, int Revision);

/// <param name="UserId">Who.</param>
/// <param name="Name">Their name.</param>
/// <param name="Email">Their address.</param>
/// <param name="Gains">What they could do that they cannot do now.</param>
/// <param name="Loses">What they could not do any more.</param>
public sealed record RoleEffect(Guid UserId, string Name, string Email, IReadOnlyList<ScopedPermission> Gains, IReadOnlyList<ScopedPermission> Loses);
