using Loopai.Core.Access;
using Loopai.Core.Configuration;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Loopai.Core.Identity.SignIn;

/// <summary>
/// Slows guessing down. An attempt is counted before it is judged, in one statement, so that a hundred at once on several instances are a hundred. Too many
/// failures in a row lock the subject: for a minute at first, twice as long with every further one.
/// </summary>
public sealed class SignInThrottle(LoopaiData data, IOptions<AccountsSettings> settings, TimeProvider time)
{
    /// <summary>Many people may share an address, so it may fail this many times as often as an account.</summary>
    private const int PeopleBehindAnAddress = 10;

    /// <summary>After this long without a failure the count starts over.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromHours(24);

    /// <summary>Counts an attempt that begins. It must not be judged when the answer says to wait.</summary>
    public async Task<ThrottledAttempt> ReserveAsync(ThrottleSubject subject, RequestOrigin origin, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var attempts = settings.Value.LockoutAttempts;
        if (ThrottleSubject.Address(origin.Address) is { } address && await CountAsync(db, address, attempts * PeopleBehindAnAddress, ct) is { Wait: not null } refused)
        {
            return refused;
        }

        return await CountAsync(db, subject, attempts, ct);
    }

    /// <summary>The attempt was right: the subject starts over, and the address gets it back.</summary>
    public async Task SucceededAsync(ThrottleSubject subject, RequestOrigin origin, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        await db.SignInThrottle.Where(e => e.Key == subject.Key).ExecuteDeleteAsync(ct);
        if (ThrottleSubject.Address(origin.Address) is { } address)
        {
            // Not forgotten altogether: whoever guesses could sign in to an account of their own in between.
            await db.SignInThrottle.Where(e => e.Key == address.Key && e.Failures > 0).ExecuteUpdateAsync(
                set => set.SetProperty(e => e.Failures, e => e.Failures - 1).SetProperty(e => e.LockedUntil, (DateTimeOffset?)null), ct);
        }
    }

    private async Task<ThrottledAttempt> CountAsync(LoopaiDbContext db, ThrottleSubject subject, int allowed, CancellationToken ct)
    {
        while (true)
        {
            var now = time.GetUtcNow();
            var (over, locks) = (now - Memory, Locks(now));
            var counted = await db.SignInThrottle.Where(e => e.Key == subject.Key && (e.LockedUntil == null || e.LockedUntil <= now)).ExecuteUpdateAsync(
                set => set
                    .SetProperty(e => e.Failures, e => e.LastFailureAt < over ? 1 : e.Failures + 1)
                    .SetProperty(e => e.LastFailureAt, now)
                    .SetProperty(e => e.LockedUntil, e =>
                        e.LastFailureAt < over || e.Failures + 1 < allowed ? null
                        : e.Failures + 1 == allowed ? locks[0]
                        : e.Failures + 1 == allowed + 1 ? locks[1]
                        : e.Failures + 1 == allowed + 2 ? locks[2]
                        : e.Failures + 1 == allowed + 3 ? locks[3]
                        : locks[4]),
                ct);
            var entry = await db.SignInThrottle.AsNoTracking().FirstOrDefaultAsync(e => e.Key == subject.Key, ct);
            if (counted > 0)
            {
                return new ThrottledAttempt(null, LocksNow: entry?.LockedUntil > now);
            }

            if (entry is not null)
            {
                return new ThrottledAttempt(entry.LockedUntil > now ? entry.LockedUntil.Value - now : TimeSpan.FromSeconds(1), LocksNow: false);
            }

            if (await TryAddAsync(db, subject, allowed, now, locks[0], ct))
            {
                return new ThrottledAttempt(null, LocksNow: allowed <= 1);
            }
        }
    }

    /// <returns>False when somebody else's first attempt came between; then it is to be counted with theirs.</returns>
    private static async Task<bool> TryAddAsync(
        LoopaiDbContext db, ThrottleSubject subject, int allowed, DateTimeOffset now, DateTimeOffset? firstLock, CancellationToken ct)
    {
        var entry = new SignInThrottleEntry { Key = subject.Key, Failures = 1, LastFailureAt = now, LockedUntil = allowed <= 1 ? firstLock : null };
        db.SignInThrottle.Add(entry);
        try
        {
            await db.SaveChangesAsync(ct);
            return true;
        }
        catch (DbUpdateException)
        {
            db.Entry(entry).State = EntityState.Detached;
            return false;
        }
    }

    /// <summary>When the first and each further lock ends: 1, 2, 4, 8 minutes, then what is configured, and never more than that.</summary>
    private DateTimeOffset?[] Locks(DateTimeOffset now) =>
        [.. Enumerable.Range(0, 5).Select(n => (DateTimeOffset?)now.AddMinutes(n == 4 ? settings.Value.LockoutMinutes : Math.Min(1 << n, settings.Value.LockoutMinutes)))];
}

/// <param name="Wait">How long nothing is tried; null when this attempt may be judged.</param>
/// <param name="LocksNow">Whether this one, should it fail, is the one too many.</param>
public sealed record ThrottledAttempt(TimeSpan? Wait, bool LocksNow);
