using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
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
        var permissions = request.Permissions ?? Permissions.DefaultKey;
        new FieldErrors()
            .AddIf(string.IsNullOrWhiteSpace(request.Name), "name", "Give the key a name that says who uses it.")
            .AddIf(request.Name?.Length > 200, "name", "A name has at most 200 characters.")
            .AddIf(request.ExpiresAt <= now, "expiresAt", "The expiry lies in the past.")
            .AddIf(permissions.Count == 0, "permissions", "A key needs at least one permission.")
            .AddIf(permissions.Any(p => !Permissions.All.Contains(p)), "permissions", $"Known permissions: {string.Join(", ", Permissions.All)}.")
            .AddIf(permissions.Any(p => !caller.May(p)), "permissions", "You cannot give a key a permission that you do not hold.")
            .ThrowIfAny("key.invalid", "The key cannot be made like this.");

        await using var db = await data.OpenAsync(caller, ct);
        var environment = await db.Environments.FirstOrDefaultAsync(e => e.Key == request.Environment, ct)
            ?? throw new InvalidException("key.environment", "environment", $"There is no environment '{request.Environment}'.");
        var (text, selector) = ApiKeyFormat.Create(environment.Key);
        var key = new ApiKey
        {
            Id = Guid.CreateVersion7(),
            OrganizationId = caller.OrganizationId,
            EnvironmentId = environment.Id,
            Name = request.Name!.Trim(),
            Selector = selector,
            Hash = ApiKeyFormat.Hash(text),
            Permissions = string.Join(' ', permissions),
            CreatedBy = caller.Name,
            OwnerId = caller.PersonId,
            CreatedAt = now,
            ExpiresAt = request.ExpiresAt,
        };
        db.ApiKeys.Add(key);
        db.Record(caller, "key.created", "key", key.Id, new { key.Name, environment = environment.Key, permissions, key.ExpiresAt });
        await db.SaveChangesAsync(ct);
        return new CreatedApiKey(key, environment.Key, text);
    }

    /// <summary>All keys of the organization, newest first; the secrets are nowhere to be had.</summary>
    public async Task<IReadOnlyList<ApiKey>> ListAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.KeysManage);
        await using var db = await data.OpenAsync(caller, ct);
        return await db.ApiKeys.AsNoTracking().OrderByDescending(k => k.CreatedAt).ThenBy(k => k.Id).ToListAsync(ct);
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
}

/// <param name="Name">Who or what uses the key.</param>
/// <param name="Environment">The key of an environment: <c>production</c>.</param>
/// <param name="Permissions">What the key may do; null for the ordinary set.</param>
/// <param name="ExpiresAt">When it ends by itself; null for never.</param>
public sealed record CreateApiKey(string? Name, string? Environment, IReadOnlyList<string>? Permissions = null, DateTimeOffset? ExpiresAt = null);

/// <param name="Key">The stored key.</param>
/// <param name="Environment">Its environment's short name.</param>
/// <param name="Text">The key itself; shown once.</param>
public sealed record CreatedApiKey(ApiKey Key, string Environment, string Text);
