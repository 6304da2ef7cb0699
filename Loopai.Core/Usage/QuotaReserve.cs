using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Usage;

/// <summary>What this instance has reserved of one quota and not let through yet.</summary>
internal abstract class QuotaReserve(Quota quota, LoopaiData data, TimeProvider time)
{
    /// <summary>For how long a refusal is remembered at most: whoever goes on asking must not cost the database a question each time.</summary>
    private static readonly TimeSpan RefusalKept = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _refilling = new(1, 1);
    private readonly Lock _gate = new();
    private long _left;
    private DateTimeOffset _until;
    private DateTimeOffset _refusedUntil;
    private DateTimeOffset _comeAgainAt;

    protected Guid OrganizationId { get; } = quota.OrganizationId;

    protected Guid ScopeId { get; } = quota.ScopeId;

    protected LoopaiData Data => data;

    protected TimeProvider Time => time;

    /// <summary>How many are left in all, as the database had it when it was asked last.</summary>
    protected long RemainingThen { get; set; }

    /// <summary>Takes one; null when there was one.</summary>
    public async ValueTask<QuotaExceededException?> TakeAsync(Caller caller, CancellationToken ct)
    {
        var asked = time.GetUtcNow();
        if (TryTake(asked))
        {
            return null;
        }

        if (RefusedFor(asked) is { } again)
        {
            return Over(again, caller);
        }

        await _refilling.WaitAsync(ct);
        try
        {
            var now = time.GetUtcNow();
            if (TryTake(now))
            {
                return null;
            }

            if (RefusedFor(now) is { } wait)
            {
                return Over(wait, caller);
            }

            var (granted, until, retryAfter) = await ReserveAsync(caller, now, ct);
            if (granted == 0)
            {
                lock (_gate)
                {
                    (_comeAgainAt, _refusedUntil) = (now + retryAfter, now + (retryAfter < RefusalKept ? retryAfter : RefusalKept));
                }

                return Over(retryAfter, caller);
            }

            lock (_gate)
            {
                (_left, _until) = (granted - 1, until);
            }

            return null;
        }
        finally
        {
            _refilling.Release();
        }
    }

    /// <summary>One that was taken was not needed.</summary>
    public void GiveBack()
    {
        lock (_gate)
        {
            _left++;
            _refusedUntil = default;
        }
    }

    public abstract RateLimit Describe(DateTimeOffset now);

    public abstract bool IsSameAs(QuotaReserve other);

    /// <summary>Reserves some in the database. None, and when to come again, where there are none.</summary>
    protected abstract Task<(long Granted, DateTimeOffset Until, TimeSpan RetryAfter)> ReserveAsync(Caller caller, DateTimeOffset now, CancellationToken ct);

    protected abstract QuotaExceededException Over(TimeSpan retryAfter, Caller caller);

    protected string KindFor(Caller caller) => ScopeId == OrganizationId ? "organization" : ScopeId == caller.EnvironmentIdOrNull ? "environment" : "key";

    protected long Left
    {
        get
        {
            lock (_gate)
            {
                return _left;
            }
        }
    }

    /// <summary>The row to reserve in, made on its first use.</summary>
    protected async Task EnsureMeterAsync(LoopaiDbContext db, string period, CancellationToken ct)
    {
        if (await db.QuotaMeters.AnyAsync(m => m.ScopeId == ScopeId && m.Period == period, ct))
        {
            return;
        }

        db.QuotaMeters.Add(new QuotaMeter { OrganizationId = OrganizationId, ScopeId = ScopeId, Period = period });
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (e.IsRace())
        {
            // Another instance was first.
            db.ChangeTracker.Clear();
        }
    }

    private TimeSpan? RefusedFor(DateTimeOffset now)
    {
        lock (_gate)
        {
            return now < _refusedUntil ? _comeAgainAt - now : null;
        }
    }

    private bool TryTake(DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_left <= 0 || now >= _until)
            {
                return false;
            }

            _left--;
            return true;
        }
    }
}
