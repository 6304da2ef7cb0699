using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.ApiKeys;

/// <summary>Service accounts: names under which programs hold keys of their own.</summary>
public sealed class ServiceAccountService(LoopaiData data, TimeProvider time)
{
    private const int MaxDescription = 1000;

    /// <summary>Those that are not deleted, by name, with how many live keys each has.</summary>
    public async Task<IReadOnlyList<ServiceAccountEntry>> ListAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.KeysRead);
        var now = time.GetUtcNow();
        await using var db = await data.OpenAsync(caller, ct);
        return await db.ServiceAccounts.AsNoTracking().Where(a => a.DeletedAt == null).OrderBy(a => a.Name)
            .Select(a => new ServiceAccountEntry(
                a, db.ApiKeys.Count(k => k.ServiceAccountId == a.Id && k.RevokedAt == null && (k.ExpiresAt == null || k.ExpiresAt > now)))).ToListAsync(ct);
    }

    /// <exception cref="ConflictException">The name is taken.</exception>
    public async Task<ServiceAccount> CreateAsync(Caller caller, string? name, string? description, CancellationToken ct)
    {
        caller.Demand(Permissions.KeysManage);
        new FieldErrors()
            .AddIf(string.IsNullOrWhiteSpace(name), "name", "Give the service account a name that says which program it is.")
            .AddIf(name?.Length > LoopaiModel.NameLength, "name", $"A name has at most {LoopaiModel.NameLength} characters.")
            .AddIf(description?.Length > MaxDescription, "description", $"A description has at most {MaxDescription} characters.")
            .ThrowIfAny("service_account.invalid", "The service account cannot be made like this.");
        await using var db = await data.OpenAsync(caller, ct);
        var account = new ServiceAccount
        {
            Id = Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, Name = name!.Trim(), Description = description?.Trim() ?? "", CreatedBy = caller.Name,
            CreatedAt = time.GetUtcNow(),
        };
        if (await db.ServiceAccounts.AnyAsync(a => a.Name == account.Name && a.DeletedAt == null, ct))
        {
            throw ApiKeyErrors.NameTaken(account.Name);
        }

        db.ServiceAccounts.Add(account);
        db.Record(caller, "service_account.created", "service_account", account.Id, new { account.Name });
        await db.SaveChangesAsync(ct);
        return account;
    }

    /// <summary>Deletes it, and ends its keys at once.</summary>
    public async Task DeleteAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.KeysManage);
        var now = time.GetUtcNow();
        await using var db = await data.OpenAsync(caller, ct);
        var account = await db.ServiceAccounts.FirstOrDefaultAsync(a => a.Id == id && a.DeletedAt == null, ct) ?? throw ApiKeyErrors.ServiceAccountNotFound(id);
        var keys = await db.ApiKeys.Where(k => k.ServiceAccountId == id && k.RevokedAt == null).ToListAsync(ct);
        account.DeletedAt = now;
        foreach (var key in keys)
        {
            key.RevokedAt = now;
            db.Record(caller, "key.revoked", "key", key.Id, new { key.Name });
        }

        db.Record(caller, "service_account.deleted", "service_account", id, new { account.Name, keys = keys.Count });
        await db.SaveChangesAsync(ct);
    }
}

/// <param name="Account">The service account.</param>
/// <param name="LiveKeys">How many of its keys work.</param>
public sealed record ServiceAccountEntry(ServiceAccount Account, int LiveKeys);
