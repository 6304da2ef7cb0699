using System.Collections.Concurrent;
using Loopai.Core.Access;
using Loopai.Core.Configuration;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Loopai.Core.Identity.Sessions;

/// <summary>
/// Answers on every request whether a session still counts. Sessions that were seen stay in memory until they change; a change reaches every instance
/// through the change feed, and from here the open pages of the session.
/// </summary>
public sealed class SessionCache(LoopaiData data, IOptions<AccountsSettings> settings, TimeProvider time)
{
    /// <summary>A bound on staleness for a change that the feed could not tell of.</summary>
    private static readonly TimeSpan CachedFor = TimeSpan.FromSeconds(30);

    /// <summary>So that browsing does not write a row a request.</summary>
    private static readonly TimeSpan SeenPrecision = TimeSpan.FromMinutes(1);

    /// <summary>More than one instance serves at a time; what falls out is read again.</summary>
    private const int Capacity = 20_000;

    private readonly ConcurrentDictionary<Guid, Cached> _sessions = new();
    private readonly ConcurrentDictionary<Guid, ConcurrentDictionary<object, Func<Task>>> _watchers = new();

    /// <summary>Counts what was forgotten, so that an answer which is older than a change is not kept.</summary>
    private long _generation;

    private TimeSpan IdleLimit => TimeSpan.FromHours(settings.Value.SessionHours);

    /// <summary>The session if it still counts, noting that it was used; null when it ended, expired, or never was.</summary>
    public async ValueTask<UserSession?> UseAsync(Guid id, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var session = await FindAsync(id, ct);
        if (session is null || now - session.LastSeenAt < SeenPrecision)
        {
            return session;
        }

        await using var db = await data.OpenAsync(Caller.Installation, ct);
        await db.UserSessions.Where(s => s.Id == id).ExecuteUpdateAsync(set => set.SetProperty(s => s.LastSeenAt, now), ct);
        session.LastSeenAt = now;
        return session;
    }

    /// <summary>The session if it still counts. What is answered is shared: it must not be changed.</summary>
    public async ValueTask<UserSession?> FindAsync(Guid id, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (!_sessions.TryGetValue(id, out var cached) || now - cached.LoadedAt >= CachedFor)
        {
            var generation = Interlocked.Read(ref _generation);
            await using var db = await data.OpenAsync(Caller.Installation, ct);
            cached = new Cached(await db.UserSessions.AsNoTracking().FirstOrDefaultAsync(s => s.Id == id, ct), now);
            if (_sessions.Count >= Capacity)
            {
                _sessions.Clear();
            }

            _sessions[id] = cached;
            if (generation != Interlocked.Read(ref _generation))
            {
                _sessions.TryRemove(id, out _);
            }
        }

        return cached.Session is { } session && session.IsLive(now, IdleLimit) ? session : null;
    }

    /// <summary>Calls when the session ends, until the answer is disposed of: an open page has to go with its session.</summary>
    public IDisposable Watch(Guid id, Func<Task> ended)
    {
        var key = new object();
        _watchers.GetOrAdd(id, static _ => new())[key] = ended;
        return new Watching(this, id, key);
    }

    /// <summary>Forgets what is cached about a session, or about all of them, and tells the pages of those that ended.</summary>
    public void Forget(Change change)
    {
        if (change.IsEverything)
        {
            Interlocked.Increment(ref _generation);
            _sessions.Clear();
            foreach (var (id, _) in _watchers)
            {
                _ = TellIfEndedAsync(id);
            }
        }
        else if (change.Table == "user_sessions")
        {
            Interlocked.Increment(ref _generation);
            _sessions.TryRemove(change.Id, out _);
            _ = TellIfEndedAsync(change.Id);
        }
    }

    private async Task TellIfEndedAsync(Guid id)
    {
        if (!_watchers.TryGetValue(id, out var watchers) || await FindAsync(id, CancellationToken.None) is not null)
        {
            return;
        }

        await Task.WhenAll(watchers.Values.Select(ended => ended()));
    }

    private void Unwatch(Guid id, object key)
    {
        if (_watchers.TryGetValue(id, out var watchers) && watchers.TryRemove(key, out _) && watchers.IsEmpty)
        {
            // Whoever begins to watch in this moment is told at their next navigation at the latest.
            _watchers.TryRemove(new(id, watchers));
        }
    }

    private sealed record Cached(UserSession? Session, DateTimeOffset LoadedAt);

    private sealed class Watching(SessionCache cache, Guid id, object key) : IDisposable
    {
        public void Dispose() => cache.Unwatch(id, key);
    }
}
