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

/// <summary>The bucket that fills by the minute. What is reserved of it is good for a second: a bucket's worth must not be saved up.</summary>
internal sealed class MinuteReserve(Quota quota, int perMinute, int burst, LoopaiData data, TimeProvider time) : QuotaReserve(quota, data, time)
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(1);
    private readonly int _perMinute = perMinute;
    private readonly int _burst = burst;

    /// <summary>More than the longest bucket plus this ahead of our clock, and it was another instance's clock that ran ahead.</summary>
    private const long MostSkewUs = 5_000_000;

    /// <summary>Rounded up: rounded down, the quotas of the fastest would be exceeded.</summary>
    private long IntervalUs => (60_000_000L + _perMinute - 1) / _perMinute;

    /// <summary>A quarter of a second's worth.</summary>
    private int Slice => Math.Clamp(_perMinute / 240, 1, _burst);

    public override bool IsSameAs(QuotaReserve other) => other is MinuteReserve same && (same._perMinute, same._burst) == (_perMinute, _burst);

    public override RateLimit Describe(DateTimeOffset now) => new("executions-per-minute", _perMinute, 60, Math.Max(0, RemainingThen + Left), 60 / _perMinute + 1);

    protected override async Task<(long Granted, DateTimeOffset Until, TimeSpan RetryAfter)> ReserveAsync(Caller caller, DateTimeOffset now, CancellationToken ct)
    {
        await using var db = await Data.OpenAsync(Caller.System(OrganizationId), ct);
        await EnsureMeterAsync(db, QuotaMeter.Minute, ct);
        var nowUs = (now - DateTimeOffset.UnixEpoch).Ticks / 10;
        var fullNow = nowUs + (_burst * IntervalUs);
        await db.QuotaMeters.Where(m => m.ScopeId == ScopeId && m.Period == QuotaMeter.Minute && m.FullAtUs > fullNow + MostSkewUs)
            .ExecuteUpdateAsync(set => set.SetProperty(m => m.FullAtUs, fullNow), ct);
        foreach (var wanted in Slice == 1 ? new[] { 1 } : [Slice, 1])
        {
            var (cost, latest) = (wanted * IntervalUs, nowUs + ((_burst - wanted) * IntervalUs));
            var took = await db.QuotaMeters.Where(m => m.ScopeId == ScopeId && m.Period == QuotaMeter.Minute && m.FullAtUs <= latest)
                .ExecuteUpdateAsync(set => set.SetProperty(m => m.FullAtUs, m => (m.FullAtUs < nowUs ? nowUs : m.FullAtUs) + cost), ct);
            if (took > 0)
            {
                RemainingThen = await RemainingAsync(db, nowUs, ct);
                return (wanted, now + GoodFor, TimeSpan.Zero);
            }
        }

        var fullAt = await db.QuotaMeters.Where(m => m.ScopeId == ScopeId && m.Period == QuotaMeter.Minute).Select(m => m.FullAtUs).FirstAsync(ct);
        RemainingThen = 0;
        return (0, now, TimeSpan.FromMicroseconds(Math.Max(IntervalUs, fullAt - nowUs - ((_burst - 1) * IntervalUs))));
    }

    protected override QuotaExceededException Over(TimeSpan retryAfter, Caller caller) => new("executionsPerMinute", KindFor(caller), _perMinute, retryAfter);

    private async Task<long> RemainingAsync(LoopaiDbContext db, long nowUs, CancellationToken ct)
    {
        var fullAt = await db.QuotaMeters.Where(m => m.ScopeId == ScopeId && m.Period == QuotaMeter.Minute).Select(m => m.FullAtUs).FirstAsync(ct);
        return Math.Clamp((nowUs + (_burst * IntervalUs) - Math.Max(fullAt, nowUs)) / IntervalUs, 0, _burst);
    }
}

/// <summary>The month. An instance reserves the more at once the faster it uses it up, and never a big part of what is left.</summary>
internal sealed class MonthReserve(Quota quota, long perMonth, LoopaiData data, TimeProvider time) : QuotaReserve(quota, data, time)
{
    private const long MaxSlice = 1000;
    private static readonly TimeSpan Fast = TimeSpan.FromSeconds(1);
    private readonly long _perMonth = perMonth;
    private long _slice = 1;
    private DateTimeOffset _reservedAt;

    public override bool IsSameAs(QuotaReserve other) => other is MonthReserve same && same._perMonth == _perMonth;

    public override RateLimit Describe(DateTimeOffset now) => new(
        "executions-per-month", _perMonth, (long)(EndOfMonth(now) - EndOfMonth(now).AddMonths(-1)).TotalSeconds, Math.Max(0, RemainingThen + Left),
        (long)(EndOfMonth(now) - now).TotalSeconds);

    protected override async Task<(long Granted, DateTimeOffset Until, TimeSpan RetryAfter)> ReserveAsync(Caller caller, DateTimeOffset now, CancellationToken ct)
    {
        var month = QuotaService.MonthOf(now);
        await using var db = await Data.OpenAsync(Caller.System(OrganizationId), ct);
        await EnsureMeterAsync(db, month, ct);
        var meter = db.QuotaMeters.Where(m => m.ScopeId == ScopeId && m.Period == month);
        _slice = now - _reservedAt < Fast ? Math.Min(_slice * 2, MaxSlice) : 1;
        while (true)
        {
            var left = _perMonth - await meter.Select(m => m.Reserved).FirstAsync(ct);
            if (left <= 0)
            {
                RemainingThen = 0;
                return (0, now, EndOfMonth(now) - now);
            }

            var (wanted, limit) = (Math.Clamp(_slice, 1, Math.Max(1, left / 20)), _perMonth);
            if (await meter.Where(m => m.Reserved + wanted <= limit).ExecuteUpdateAsync(set => set.SetProperty(m => m.Reserved, m => m.Reserved + wanted), ct) > 0)
            {
                (RemainingThen, _reservedAt) = (left - wanted, now);
                await WarnAsync(db, meter, caller, now, ct);
                return (wanted, EndOfMonth(now), TimeSpan.Zero);
            }
        }
    }

    protected override QuotaExceededException Over(TimeSpan retryAfter, Caller caller) => new("executionsPerMonth", KindFor(caller), _perMonth, retryAfter);

    /// <summary>Once a month: whoever crosses the line first claims it.</summary>
    private async Task WarnAsync(LoopaiDbContext db, IQueryable<QuotaMeter> meter, Caller caller, DateTimeOffset now, CancellationToken ct)
    {
        var line = (long)Math.Ceiling(_perMonth * QuotaService.WarnAt);
        if (_perMonth - RemainingThen >= line
            && await meter.Where(m => m.WarnedAt == null).ExecuteUpdateAsync(set => set.SetProperty(m => m.WarnedAt, now), ct) > 0)
        {
            Audit.AuditTrail.Record(db, Caller.System(OrganizationId), "quota.nearly_used", KindFor(caller), ScopeId, new { quota = "executionsPerMonth", limit = _perMonth });
            await db.SaveChangesAsync(ct);
        }
    }

    private static DateTimeOffset EndOfMonth(DateTimeOffset now) => new DateTimeOffset(now.UtcDateTime.Year, now.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1);
}
