using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Usage;

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
