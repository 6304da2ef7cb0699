using System.Collections.Concurrent;
using Loopai.Core.Data;
using Loopai.Core.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Access;

/// <summary>
/// Turns a person into a caller of an organization. What was resolved stays in memory until something that decides it changes; the change feed tells
/// every instance within a second, and who is open on the organization asks again.
/// </summary>
public sealed class AccessService(LoopaiData data)
{
    private readonly ConcurrentDictionary<(Guid User, string Slug), Resolved> _known = new();
    private readonly ConcurrentDictionary<Subscription, bool> _subscriptions = new();
    private long _generation;

    /// <summary>
    /// The person as a caller in the organization that an address names, or null when there is no such organization, it is being deleted, or the person is
    /// no active member: from outside these look alike. An unknown environment falls back to the first.
    /// </summary>
    public async ValueTask<Caller?> CallerAsync(Guid userId, string userName, string slug, string? environmentKey, CancellationToken ct)
    {
        if (!_known.TryGetValue((userId, slug), out var resolved))
        {
            var generation = Interlocked.Read(ref _generation);
            if (await ResolveAsync(userId, slug, ct) is not { } fresh)
            {
                return null;
            }

            resolved = fresh;
            _known[(userId, slug)] = fresh;

            // What was read may be older than a change that came in meanwhile: then it serves this call and no other.
            if (generation != Interlocked.Read(ref _generation))
            {
                _known.TryRemove((userId, slug), out _);
            }
        }

        var place = resolved.Places.FirstOrDefault(p => p.Key == environmentKey) ?? resolved.Places[0];
        return Caller.ForUser(userId, userName, resolved.OrganizationId, place.Id, place.Held);
    }

    /// <summary>Calls back when the rights of somebody in the organization may have changed. The callback must only take note.</summary>
    public IDisposable Subscribe(Guid organizationId, Action onChanged)
    {
        var subscription = new Subscription(this, organizationId, onChanged);
        _subscriptions[subscription] = true;
        return subscription;
    }

    /// <summary>Forgets what a change made stale, and tells who is open there.</summary>
    public void Forget(Change change)
    {
        if (!change.IsEverything && !AccessTables.ByOrganization.Contains(change.Table))
        {
            return;
        }

        Interlocked.Increment(ref _generation);
        foreach (var (key, resolved) in _known)
        {
            if (change.IsEverything || resolved.OrganizationId == change.Id)
            {
                _known.TryRemove(key, out _);
            }
        }

        foreach (var (subscription, _) in _subscriptions)
        {
            if (change.IsEverything || subscription.OrganizationId == change.Id)
            {
                subscription.OnChanged();
            }
        }
    }

    private async Task<Resolved?> ResolveAsync(Guid userId, string slug, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var organizationId = await db.Organizations
            .Where(o => o.Slug == slug && o.DeletedAt == null
                && db.Memberships.Any(m => m.OrganizationId == o.Id && m.UserId == userId && m.Status == MembershipStatus.Active))
            .Select(o => (Guid?)o.Id).FirstOrDefaultAsync(ct);
        if (organizationId is not { } organization)
        {
            return null;
        }

        var environments = await db.Environments.AsNoTracking().Where(e => e.OrganizationId == organization).OrderBy(e => e.Position).ToListAsync(ct);
        var roles = await db.RolesAsync(organization, ct);
        var grants = (await db.GrantsOfAsync(organization, userId, ct))
            .Where(g => roles.ContainsKey(g.RoleId)).Select(g => (g.Scope, roles[g.RoleId])).ToList();
        return new Resolved(organization, [.. environments.Select(e => new Place(e.Id, e.Key, HeldPermissions.Of(grants, e.Id)))]);
    }

    private sealed record Resolved(Guid OrganizationId, IReadOnlyList<Place> Places);

    private sealed record Place(Guid Id, string Key, HeldPermissions Held);

    private sealed class Subscription(AccessService owner, Guid organizationId, Action onChanged) : IDisposable
    {
        public Guid OrganizationId => organizationId;

        public void OnChanged() => onChanged();

        public void Dispose() => owner._subscriptions.TryRemove(this, out _);
    }
}
