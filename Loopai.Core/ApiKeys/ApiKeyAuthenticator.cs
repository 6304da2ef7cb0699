using System.Collections.Concurrent;
using System.Security.Cryptography;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.ApiKeys;

/// <summary>
/// Turns a key into a caller. Keys that were seen stay in memory until they change, or the rights of whom they belong to; a change reaches every
/// instance through the change feed.
/// </summary>
public sealed class ApiKeyAuthenticator(LoopaiData data, RefusalLog refusals, TimeProvider time)
{
    /// <summary>A bound on staleness for a change that the feed could not tell of.</summary>
    private static readonly TimeSpan CachedFor = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, KnownKey> _keys = new(StringComparer.Ordinal);
    private long _generation;

    /// <summary>The caller, or null when the key is malformed, unknown, revoked, expired, or from a foreign address: from outside these look alike.</summary>
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
        if (!_keys.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(selector, out var known) || now - known.LoadedAt >= CachedFor)
        {
            return LoadAndVerifyAsync(selector.ToString(), key, origin, now, ct);
        }

        var (caller, secret) = Verify(known, key, origin, now);
        return caller is null || !secret!.IsUseToNote(now) ? ValueTask.FromResult(caller) : NoteUseAsync(caller, secret, now, ct);
    }

    /// <summary>What is known of the key with this selector; null when there is none.</summary>
    internal async ValueTask<KnownKey?> FindAsync(string selector, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (_keys.TryGetValue(selector, out var known) && now - known.LoadedAt < CachedFor)
        {
            return known;
        }

        var generation = Interlocked.Read(ref _generation);
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var stored = await db.ApiKeys.AsNoTracking().Include(k => k.Secrets).FirstOrDefaultAsync(
            k => k.Selector == selector && db.Organizations.Any(o => o.Id == k.OrganizationId && o.DeletedAt == null)
                && (k.ServiceAccountId == null || db.ServiceAccounts.Any(a => a.Id == k.ServiceAccountId && a.DeletedAt == null)), ct);
        if (stored is null)
        {
            return null;
        }

        var held = stored.OwnerId is { } owner
            ? await db.HeldByAsync(stored.OrganizationId, owner, stored.EnvironmentId, ct)
            : HeldPermissions.InEnvironment(Permissions.All);
        _keys[selector] = known = new KnownKey(stored, held, now);

        // What was read may be older than a change that came in meanwhile: then it serves this call and no other.
        if (generation != Interlocked.Read(ref _generation))
        {
            _keys.TryRemove(selector, out _);
        }

        return known;
    }

    /// <summary>Forgets what a change made stale.</summary>
    public void Forget(Change change)
    {
        if (!change.IsEverything && change.Table is not ("api_keys" or "api_key_secrets") && !AccessTables.ByOrganization.Contains(change.Table))
        {
            return;
        }

        Interlocked.Increment(ref _generation);
        foreach (var (selector, known) in _keys)
        {
            if (change.IsEverything || known.Key.Id == change.Id || known.Key.OrganizationId == change.Id)
            {
                _keys.TryRemove(selector, out _);
            }
        }
    }

    private async ValueTask<Caller?> LoadAndVerifyAsync(string selector, string key, CallerOrigin origin, DateTimeOffset now, CancellationToken ct)
    {
        if (await FindAsync(selector, ct) is not { } known)
        {
            return null;
        }

        var (caller, secret) = Verify(known, key, origin, now);
        return caller is null || !secret!.IsUseToNote(now) ? caller : await NoteUseAsync(caller, secret, now, ct);
    }

    private (Caller? Caller, KnownSecret? Secret) Verify(KnownKey known, string key, CallerOrigin origin, DateTimeOffset now)
    {
        var hash = ApiKeyFormat.Hash(key);
        KnownSecret? used = null;
        foreach (var secret in known.Secrets)
        {
            // Every one is compared, so that the time it takes tells nothing.
            if (CryptographicOperations.FixedTimeEquals(hash, secret.Secret.Hash))
            {
                used = secret;
            }
        }

        var caller = known.Caller.From(origin);
        if ((used is null ? "The secret is wrong." : Refusal(known, used, origin, now)) is not { } reason)
        {
            return (caller, used);
        }

        refusals.Note(caller, "key.refused", "key", known.Key.Id, reason);
        return (null, null);
    }

    private static string? Refusal(KnownKey known, KnownSecret used, CallerOrigin origin, DateTimeOffset now) =>
        !used.Secret.IsUsable(now) ? "The secret was rotated out, or revoked." : known.Refusal(origin.Address, now);

    private async ValueTask<Caller?> NoteUseAsync(Caller caller, KnownSecret secret, DateTimeOffset now, CancellationToken ct)
    {
        secret.NotedAt = now;
        var from = caller.Origin?.Address is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4().ToString() : caller.Origin?.Address?.ToString();
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        await db.ApiKeySecrets.Where(s => s.Id == secret.Secret.Id).ExecuteUpdateAsync(
            set => set.SetProperty(s => s.LastUsedAt, now).SetProperty(s => s.LastUsedFrom, from), ct);
        return caller;
    }
}
