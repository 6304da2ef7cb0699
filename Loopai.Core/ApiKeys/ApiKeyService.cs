using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Identity.Sessions;
using Loopai.Core.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.ApiKeys;

/// <summary>Hands out, lists and revokes API keys.</summary>
public sealed class ApiKeyService(LoopaiData data, TimeProvider time)
{
    /// <summary>Makes a key for an environment. The answer is the only place where its text ever stands.</summary>
    public async Task<CreatedApiKey> CreateAsync(Caller caller, CreateApiKey request, CancellationToken ct)
    {
        caller.Demand(Permissions.KeysManage);
        var now = time.GetUtcNow();
        await data.DemandConfirmedAsync(caller, now, ct);
        await using var db = await data.OpenAsync(caller, ct);
        var environment = await KeyRules.CheckAsync(db, caller, request, now, ct);
        var permissions = request.Permissions ?? Permissions.DefaultKey;
        var (text, selector) = ApiKeyFormat.Create(environment.Key);
        var serviceAccountId = request.ServiceAccountId ?? await ServiceAccountOfAsync(db, caller, ct);
        var key = new ApiKey
        {
            Id = Guid.CreateVersion7(),
            OrganizationId = caller.OrganizationId,
            EnvironmentId = environment.Id,
            Name = request.Name!.Trim(),
            Selector = selector,
            Permissions = string.Join(' ', permissions.Distinct(StringComparer.Ordinal)),
            TaskIds = request.TaskIds is { Count: > 0 } tasks ? string.Join(' ', tasks.Distinct()) : null,
            AddressRanges = KeyRules.RangesOf(request),
            CreatedBy = caller.Name,
            CreatedById = caller.PersonId,
            OwnerId = serviceAccountId is null ? caller.PersonId : null,
            ServiceAccountId = serviceAccountId,
            CreatedAt = now,
            ExpiresAt = request.ExpiresAt,
        };
        key.Secrets.Add(NewSecret(key, text, now));
        db.ApiKeys.Add(key);
        db.Record(caller, "key.created", "key", key.Id, new
        {
            key.Name, environment = environment.Key, permissions, tasks = request.TaskIds, key.AddressRanges, key.ServiceAccountId, key.ExpiresAt,
        });
        await db.SaveChangesAsync(ct);
        return new CreatedApiKey(key, environment.Key, text);
    }

    /// <summary>All keys of the organization, newest first; the secrets are nowhere to be had.</summary>
    public async Task<IReadOnlyList<ApiKeyEntry>> ListAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.KeysRead);
        await using var db = await data.OpenAsync(caller, ct);
        return await EntriesAsync(db, db.ApiKeys.OrderByDescending(k => k.CreatedAt).ThenBy(k => k.Id), ct);
    }

    public async Task<ApiKeyEntry> GetAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.KeysRead);
        await using var db = await data.OpenAsync(caller, ct);
        return (await EntriesAsync(db, db.ApiKeys.Where(k => k.Id == id), ct)).SingleOrDefault() ?? throw ApiKeyErrors.NotFound(id);
    }

    /// <summary>Ends a key at once, on every instance. Revoking twice changes nothing.</summary>
    public async Task RevokeAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.KeysManage);
        await using var db = await data.OpenAsync(caller, ct);
        var key = await db.ApiKeys.FirstOrDefaultAsync(k => k.Id == id, ct) ?? throw ApiKeyErrors.NotFound(id);
        if (key.RevokedAt is null)
        {
            key.RevokedAt = time.GetUtcNow();
            db.Record(caller, "key.revoked", "key", key.Id, new { key.Name });
            await db.SaveChangesAsync(ct);
        }
    }

    internal static ApiKeySecret NewSecret(ApiKey key, string text, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(), OrganizationId = key.OrganizationId, KeyId = key.Id, Hash = ApiKeyFormat.Hash(text), Hint = text[^4..], CreatedAt = now,
    };

    private async Task<IReadOnlyList<ApiKeyEntry>> EntriesAsync(LoopaiDbContext db, IQueryable<ApiKey> keys, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var longest = await db.Organizations.Select(o => o.LongestKeyAgeDays).FirstOrDefaultAsync(ct);
        var found = await keys.AsNoTracking().Include(k => k.Secrets.OrderByDescending(s => s.CreatedAt)).ToListAsync(ct);
        var environments = await db.Environments.ToDictionaryAsync(e => e.Id, e => e.Key, ct);
        var accounts = await db.ServiceAccounts.ToDictionaryAsync(a => a.Id, a => a.Name, ct);
        var active = await db.Memberships.Where(m => m.Status == MembershipStatus.Active).Select(m => m.UserId).ToListAsync(ct);
        var people = found.Count == 0 ? [] : await data.NamesAsync(found[0].OrganizationId, found.Select(k => k.OwnerId).OfType<Guid>().Distinct().ToList(), ct);
        return
        [
            .. found.Select(key => new ApiKeyEntry(
                key, environments.GetValueOrDefault(key.EnvironmentId, "?"),
                key.ServiceAccountId is { } account ? accounts[account] : key.OwnerId is { } owner ? people.GetValueOrDefault(owner)?.DisplayName ?? key.CreatedBy : "Loopai",
                key.RevokedAt is null && key.IsOverAge(longest, now), key.OwnerId is { } person && !active.Contains(person))),
        ];
    }

    /// <summary>What a service account's key makes belongs to the service account too.</summary>
    private static async Task<Guid?> ServiceAccountOfAsync(LoopaiDbContext db, Caller caller, CancellationToken ct) =>
        caller is { Kind: CallerKind.ApiKey, PersonId: null }
            ? await db.ApiKeys.Where(k => k.Id == caller.Id).Select(k => k.ServiceAccountId).FirstOrDefaultAsync(ct)
            : null;
}

/// <param name="Name">Who or what uses the key.</param>
/// <param name="Environment">The key of an environment: <c>production</c>.</param>
/// <param name="Permissions">What the key may do; null for the ordinary set.</param>
/// <param name="ExpiresAt">When it ends by itself; null for never.</param>
/// <param name="TaskIds">The only tasks that it may touch; null or none for all.</param>
/// <param name="AddressRanges">Networks that it may come from, in CIDR notation; null or none for anywhere.</param>
/// <param name="ServiceAccountId">The service account that it belongs to; null for whoever makes it.</param>
public sealed record CreateApiKey(
    string? Name, string? Environment, IReadOnlyList<string>? Permissions = null, DateTimeOffset? ExpiresAt = null, IReadOnlyList<Guid>? TaskIds = null,
    IReadOnlyList<string>? AddressRanges = null, Guid? ServiceAccountId = null);

/// <param name="Key">The stored key.</param>
/// <param name="Environment">Its environment's short name.</param>
/// <param name="Text">The key itself; shown once.</param>
public sealed record CreatedApiKey(ApiKey Key, string Environment, string Text);

/// <param name="Key">The stored key, its secrets newest first.</param>
/// <param name="Environment">Its environment's short name.</param>
/// <param name="Owner">Whose it is.</param>
/// <param name="IsOverAge">Whether it is older than the organization wants keys to be now.</param>
/// <param name="OwnerIsGone">Whether the person it belongs to is no active member, so that it lets nobody in.</param>
public sealed record ApiKeyEntry(ApiKey Key, string Environment, string Owner, bool IsOverAge, bool OwnerIsGone);
