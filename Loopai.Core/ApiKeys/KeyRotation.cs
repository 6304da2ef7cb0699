using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Identity.Sessions;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.ApiKeys;

/// <summary>Exchanges a key's secret without a moment in which none works: for a while the old and the new one do.</summary>
public sealed class KeyRotation(LoopaiData data, TimeProvider time)
{
    public const int DefaultOverlapHours = 24;

    /// <summary>Longer than a month is no rotation.</summary>
    public const int MaxOverlapHours = 31 * 24;

    /// <summary>Makes a second secret, and sets the first one's end. The answer is the only place where the new key stands.</summary>
    /// <param name="caller">Who rotates.</param>
    /// <param name="id">The key.</param>
    /// <param name="overlapHours">How long the old secret goes on; 0 ends it at once.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ConflictException">The key is over, or is being rotated.</exception>
    public async Task<CreatedApiKey> RotateAsync(Caller caller, Guid id, int? overlapHours, CancellationToken ct)
    {
        caller.Demand(Permissions.KeysManage);
        var hours = overlapHours ?? DefaultOverlapHours;
        new FieldErrors().AddIf(hours is < 0 or > MaxOverlapHours, "overlapHours", $"The overlap is 0 to {MaxOverlapHours} hours.").ThrowIfAny("key.invalid", "The key cannot be rotated like this.");
        var now = time.GetUtcNow();
        await data.DemandConfirmedAsync(caller, now, ct);
        await using var db = await data.OpenAsync(caller, ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var key = await FindLockedAsync(db, id, ct);
        MayNotGainBy(caller, key);
        var live = key.Secrets.Where(s => s.IsUsable(now)).ToList();
        if (!key.IsUsable(now))
        {
            throw ApiKeyErrors.Over(key.Name);
        }

        if (live.Count > 1)
        {
            throw ApiKeyErrors.Rotating(key.Name);
        }

        var environment = await db.Environments.Where(e => e.Id == key.EnvironmentId).Select(e => e.Key).SingleAsync(ct);
        var text = ApiKeyFormat.Create(environment, key.Selector);
        foreach (var old in live)
        {
            old.ExpiresAt = now.AddHours(hours);
        }

        db.ApiKeySecrets.Add(ApiKeyService.NewSecret(key, text, now));
        db.Record(caller, "key.rotated", "key", key.Id, new { key.Name, overlapHours = hours });
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return new CreatedApiKey(key, environment, text);
    }

    /// <summary>Ends one of two secrets at once. Ending it twice changes nothing.</summary>
    /// <exception cref="ConflictException">It is the key's only one.</exception>
    public async Task RevokeSecretAsync(Caller caller, Guid id, Guid secretId, CancellationToken ct)
    {
        caller.Demand(Permissions.KeysManage);
        var now = time.GetUtcNow();
        await using var db = await data.OpenAsync(caller, ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var key = await FindLockedAsync(db, id, ct);
        var secret = key.Secrets.FirstOrDefault(s => s.Id == secretId) ?? throw ApiKeyErrors.SecretNotFound(secretId);
        if (!secret.IsUsable(now))
        {
            return;
        }

        // A secret whose end is set is no successor to the one without.
        if (!key.Secrets.Any(s => s.Id != secretId && s.IsUsable(now) && (s.ExpiresAt is null || secret.ExpiresAt is not null)))
        {
            throw ApiKeyErrors.LastSecret(key.Name);
        }

        secret.RevokedAt = now;
        db.Record(caller, "key.secret_revoked", "key", key.Id, new { key.Name, secret.Hint });
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>
    /// A new secret is the key itself: who holds less than the key would come into what they may not do, who is not its person would act in that person's name,
    /// and who is a key would leave its environment.
    /// </summary>
    private static void MayNotGainBy(Caller caller, ApiKey key)
    {
        if (caller.Kind != CallerKind.System && key.OwnerId is { } owner && owner != caller.PersonId)
        {
            throw ApiKeyErrors.SomebodyElses(key.Name);
        }

        if (caller.Kind == CallerKind.ApiKey && key.EnvironmentId != caller.EnvironmentId)
        {
            throw ApiKeyErrors.OtherEnvironment(key.Name);
        }

        foreach (var permission in key.Permissions.Split(' '))
        {
            var mayAll = key.Tasks is { } tasks && Permissions.OnTask.Contains(permission)
                ? tasks.All(task => caller.May(permission, task) || caller.MayHandOn(permission, new GrantScope(key.EnvironmentId)))
                : caller.MayHandOn(permission, new GrantScope(key.EnvironmentId));
            if (!mayAll)
            {
                throw new ForbiddenException(permission) { Caller = caller };
            }
        }
    }

    /// <summary>The key, which nobody else rotates meanwhile: two who each count one secret would leave three, or none.</summary>
    private static async Task<ApiKey> FindLockedAsync(LoopaiDbContext db, Guid id, CancellationToken ct) =>
        await db.ApiKeys.Where(k => k.Id == id).ExecuteUpdateAsync(set => set.SetProperty(k => k.Name, k => k.Name), ct) == 0
            ? throw ApiKeyErrors.NotFound(id)
            : await db.ApiKeys.Include(k => k.Secrets).SingleAsync(k => k.Id == id, ct);
}
