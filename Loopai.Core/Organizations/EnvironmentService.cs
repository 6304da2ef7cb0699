using System.Text.RegularExpressions;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Organizations;

/// <summary>The stages of an organization: made, renamed, put in order, and deleted as long as nothing has happened in them.</summary>
public sealed partial class EnvironmentService(LoopaiData data)
{
    /// <summary>More stages than this are a mistake.</summary>
    public const int Most = 20;

    /// <summary>The environments in their order. Who is in the organization knows its stages.</summary>
    public async Task<IReadOnlyList<OrganizationEnvironment>> ListAsync(Caller caller, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(caller, ct);
        return await db.Environments.AsNoTracking().OrderBy(e => e.Position).ToListAsync(ct);
    }

    /// <summary>Makes an environment, the last in the order.</summary>
    public async Task<OrganizationEnvironment> CreateAsync(Caller caller, string? key, string? name, CancellationToken ct)
    {
        caller.Demand(Permissions.OrganizationManage);
        new FieldErrors()
            .AddIf(!KeyShape().IsMatch(key ?? ""), "key", "A short name has 2 to 32 lower-case letters, digits and hyphens, and starts with a letter.")
            .AddIf(!IsName(name), "name", "Give the environment a name of at most 60 characters.")
            .ThrowIfAny("environment.invalid", "The environment cannot be made like this.");
        await using var change = await AccessChange.BeginAsync(data, caller, ct);
        var all = await change.Db.Environments.ToListAsync(ct);
        if (all.Exists(e => e.Key == key))
        {
            throw OrganizationErrors.EnvironmentTaken(key!);
        }

        if (all.Count >= Most)
        {
            throw OrganizationErrors.TooManyEnvironments(Most);
        }

        var environment = new OrganizationEnvironment
        {
            Id = Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, Key = key!, Name = name!.Trim(), Position = all.Max(e => (int?)e.Position + 1) ?? 0,
        };
        change.Db.Environments.Add(environment);
        change.Db.Record(caller, "environment.created", "environment", environment.Id, new { environment.Key, environment.Name });
        await change.CommitAsync(ct);
        return environment;
    }

    /// <summary>Renames an environment. Its short name stays: keys carry it.</summary>
    public async Task<OrganizationEnvironment> RenameAsync(Caller caller, Guid id, string? name, CancellationToken ct)
    {
        caller.Demand(Permissions.OrganizationManage);
        new FieldErrors().AddIf(!IsName(name), "name", "Give the environment a name of at most 60 characters.").ThrowIfAny("environment.invalid", "The environment cannot be renamed like this.");
        await using var change = await AccessChange.BeginAsync(data, caller, ct);
        var environment = await FindAsync(change, id, ct);
        change.Db.Record(caller, "environment.updated", "environment", id, new { before = environment.Name, after = name!.Trim() });
        environment.Name = name.Trim();
        await change.CommitAsync(ct);
        return environment;
    }

    /// <summary>Puts the environments in this order, which names each of them once. The first is the one that people see first.</summary>
    public async Task<IReadOnlyList<OrganizationEnvironment>> ReorderAsync(Caller caller, IReadOnlyList<Guid> ids, CancellationToken ct)
    {
        caller.Demand(Permissions.OrganizationManage);
        await using var change = await AccessChange.BeginAsync(data, caller, ct);
        var all = await change.Db.Environments.OrderBy(e => e.Position).ToListAsync(ct);
        if (ids.Count != all.Count || !all.Select(e => e.Id).ToHashSet().SetEquals(ids))
        {
            throw new InvalidException("environment.order", "ids", "Name every environment of the organization once.");
        }

        change.Db.Record(caller, "environment.reordered", "organization", caller.OrganizationId,
            new { before = all.Select(e => e.Key).ToArray(), after = ids.Select(id => all.Find(e => e.Id == id)!.Key).ToArray() });
        all.ForEach(e => e.Position = ids.Index().First(i => i.Item == e.Id).Index);
        await change.CommitAsync(ct);
        return [.. all.OrderBy(e => e.Position)];
    }

    /// <summary>Deletes an environment in which nothing has happened and that no key is for.</summary>
    public async Task DeleteAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.OrganizationManage);
        await using var change = await AccessChange.BeginAsync(data, caller, ct);
        var environment = await FindAsync(change, id, ct);
        if (await change.Db.Environments.CountAsync(ct) == 1)
        {
            throw OrganizationErrors.LastEnvironment();
        }

        if (await change.Db.ApiKeys.AnyAsync(k => k.EnvironmentId == id, ct)
            || await change.Db.ExecutionRollups.AnyAsync(r => r.EnvironmentId == id, ct)
            || await change.Db.Executions.AnyAsync(e => e.EnvironmentId == id, ct))
        {
            throw OrganizationErrors.EnvironmentInUse(environment.Name);
        }

        var grants = await change.Db.Grants.Where(g => g.EnvironmentId == id).ToListAsync(ct);
        caller.DemandHandOn(grants, await change.Db.RolesAsync(change.OrganizationId, ct));
        change.Db.Grants.RemoveRange(grants);
        change.Db.Environments.Remove(environment);
        change.Db.Record(caller, "environment.deleted", "environment", id,
            new { before = new { environment.Key, environment.Name, grants = grants.Select(g => new { g.UserId, g.TeamId, role = g.RoleId }) } });
        await change.CommitAsync(ct);
    }

    private static async Task<OrganizationEnvironment> FindAsync(AccessChange change, Guid id, CancellationToken ct) =>
        await change.Db.Environments.FirstOrDefaultAsync(e => e.Id == id, ct) ?? throw OrganizationErrors.EnvironmentNotFound(id);

    private static bool IsName(string? name) => !string.IsNullOrWhiteSpace(name) && name.Trim().Length <= 60;

    [GeneratedRegex("^[a-z][a-z0-9-]{1,31}$", RegexOptions.NonBacktracking)]
    private static partial Regex KeyShape();
}
