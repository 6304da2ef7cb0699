using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Usage;

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
