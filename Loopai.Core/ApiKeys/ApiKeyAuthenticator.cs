using System.Collections.Concurrent;
using System.Security.Cryptography;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.ApiKeys;

/// <summary>Turns a key into a caller. Keys that were seen stay in memory until they change; a change reaches every instance through the change feed.</summary>
public sealed class ApiKeyAuthenticator(LoopaiData data, RefusalLog refusals, TimeProvider time)
{
    /// <summary>A bound on staleness for a change that the feed could not tell of.</summary>
    private static readonly TimeSpan CachedFor = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LastUsedPrecision = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, CachedKey> _keys = new(StringComparer.Ordinal);

    /// <summary>The caller, or null when the key is malformed, unknown, revoked or expired, or its owner is no active member: from outside these look alike.</summary>
    /// <param name="key">What was sent.</param>
    /// <param name="origin">Where it came from.</param>
    /// <param name="ct">Ends the look-up.</param>
    public ValueTask<Caller?> AuthenticateAsync(string key, CallerOrigin origin, CancellationToken ct)
    {
        if (!ApiKeyFormat.TryGetSelector(key, out var selector))
        {
            return ValueTask.FromResult<Caller?>(null);
        }

        var now = time.GetUtcNow();
        return _keys.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(selector, out var cached) && now - cached.LoadedAt < CachedFor
            ? ValueTask.FromResult(Verify(cached, key, origin, now))
            : LoadAsync(selector.ToString(), key, origin, now, ct);
    }

    /// <summary>Forgets what is cached about a key, or about all of them.</summary>
    public void Forget(Change change)
    {
        if (change.IsEverything)
        {
            _keys.Clear();
        }
        else if (change.Table is "api_keys" or "organizations" or "memberships")
        {
            foreach (var (selector, _) in _keys.Where(k => k.Value.Key.Id == change.Id || k.Value.Key.OrganizationId == change.Id))
            {
                _keys.TryRemove(selector, out _);
            }
        }
    }

    private async ValueTask<Caller?> LoadAsync(string selector, string key, CallerOrigin origin, DateTimeOffset now, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var stored = await db.ApiKeys.AsNoTracking().FirstOrDefaultAsync(
            k => k.Selector == selector && db.Organizations.Any(o => o.Id == k.OrganizationId && o.DeletedAt == null), ct);
        if (stored is null)
        {
            return null;
        }

        var caller = Caller.ForKey(stored.Id, stored.Name, stored.OrganizationId, stored.EnvironmentId, stored.Permissions.Split(' '), ownerId: stored.OwnerId);
        var ownerIsOut = stored.OwnerId is { } owner && !await db.Memberships.AnyAsync(
            m => m.OrganizationId == stored.OrganizationId && m.UserId == owner && m.Status == MembershipStatus.Active, ct);
        var cached = new CachedKey(stored, caller, ownerIsOut, now);
        _keys[selector] = cached;
        var verified = Verify(cached, key, origin, now);
        if (verified is not null && (stored.LastUsedAt is null || now - stored.LastUsedAt > LastUsedPrecision))
        {
            await db.ApiKeys.Where(k => k.Id == stored.Id).ExecuteUpdateAsync(set => set.SetProperty(k => k.LastUsedAt, now), ct);
        }

        return verified;
    }

    private Caller? Verify(CachedKey cached, string key, CallerOrigin origin, DateTimeOffset now)
    {
        var isRight = CryptographicOperations.FixedTimeEquals(ApiKeyFormat.Hash(key), cached.Key.Hash);
        var caller = cached.Caller.From(origin);
        if (isRight && cached.Key.IsUsable(now) && !cached.OwnerIsOut)
        {
            return caller;
        }

        refusals.Note(
            caller, "key.refused", "key", cached.Key.Id,
            !isRight ? "The secret is wrong." : cached.Key.RevokedAt is not null ? "The key is revoked."
                : cached.OwnerIsOut ? "The person whose key it is gets in no more." : "The key has expired.");
        return null;
    }

    private sealed record CachedKey(ApiKey Key, Caller Caller, bool OwnerIsOut, DateTimeOffset LoadedAt);
}
