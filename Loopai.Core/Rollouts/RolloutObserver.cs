using System.Linq.Expressions;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Core.Validation;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Rollouts;

/// <summary>Reads what was seen of a rollout: sums per version over units, added up by the database.</summary>
internal static class RolloutObserver
{
    /// <summary>The line of slow executions is drawn from as many at least.</summary>
    private const long FewestForLine = 100;

    /// <summary>Nobody feels less than this, however great a share of a short latency it is.</summary>
    private const double LeastSlowerUs = 1000;

    private static readonly TimeSpan LineFrom = TimeSpan.FromDays(7);

    public static async Task<RolloutMoment> MomentAsync(this LoopaiDbContext db, Rollout rollout, DateTimeOffset now, CancellationToken ct)
    {
        var course = RolloutJson.CourseOf(rollout);
        var stages = new List<StageEvidence>();
        foreach (var passed in course)
        {
            stages.Add(await db.SeenAsync(rollout, passed, now, ct));
        }

        var zone = await db.Organizations.Where(o => o.Id == rollout.OrganizationId).Select(o => o.TimeZone).SingleAsync(ct);
        return new RolloutMoment(
            rollout.Stage, course[^1].From, now, stages, await db.RecentAsync(rollout, now, ct), rollout.Status == RolloutStatus.Paused,
            TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? found : TimeZoneInfo.Utc);
    }

    /// <summary>What is slow: longer than the old version's 95th percentile by more than is tolerated; null while too little is known of that.</summary>
    public static async Task<long?> LatencyLineAsync(this LoopaiDbContext db, Rollout rollout, CancellationToken ct)
    {
        if (RolloutJson.PlanOf(rollout).Guardrails.FirstOrDefault(g => g.Metric == RolloutMetric.LatencyP95) is not { } guardrail)
        {
            return null;
        }

        var from = rollout.StartedAt - LineFrom;
        var rows = await db.ExecutionRollups.AsNoTracking()
            .Where(r => r.OrganizationId == rollout.OrganizationId && r.TaskId == rollout.TaskId && r.EnvironmentId == rollout.EnvironmentId && r.Version == rollout.BaseVersion
                && r.Level == RollupLevel.Hour && r.StartsAt >= from)
            .Select(r => r.Latencies).ToListAsync(ct);
        var histogram = new LatencyHistogram();
        foreach (var row in rows)
        {
            histogram.AddEncoded(row);
        }

        return histogram.Count >= FewestForLine && histogram.Quantile(0.95) is { } p95 ? (long)Math.Max(p95 * (1 + guardrail.Tolerance), p95 + LeastSlowerUs) : null;
    }

    private static async Task<StageEvidence> SeenAsync(this LoopaiDbContext db, Rollout rollout, PassedStage passed, DateTimeOffset now, CancellationToken ct)
    {
        var until = passed.Until ?? now;
        var arms = passed.Seen is { } seen
            ? new Dictionary<int, ArmEvidence> { [rollout.BaseVersion] = seen.Control, [rollout.Version] = seen.Candidate }
            : await db.ExecutedAsync(rollout, passed.From, until, ct);
        var wrong = await db.WrongAsync(rollout, passed.From, until, ct);
        return new StageEvidence(passed.Stage, Arm(rollout.BaseVersion), Arm(rollout.Version));

        ArmEvidence Arm(int version) => arms.GetValueOrDefault(version, ArmEvidence.None) with { Wrong = wrong.GetValueOrDefault(version) };
    }

    private static async Task<Dictionary<int, ArmEvidence>> ExecutedAsync(
        this LoopaiDbContext db, Rollout rollout, DateTimeOffset from, DateTimeOffset until, CancellationToken ct)
    {
        var line = rollout.LatencyLineUs ?? long.MaxValue;
        var rows = await db.Executions.Where(Judged(rollout, from, until))
            .GroupBy(e => new { e.Version, Unit = e.Unit ?? e.Id.ToString() })
            .Select(g => new
            {
                g.Key.Version, Calls = (double)g.Count(), Errors = (double)g.Count(e => e.Status == ExecutionStatus.Error),
                Timeouts = (double)g.Count(e => e.Status == ExecutionStatus.Timeout), Invalid = (double)g.Count(e => e.Status == ExecutionStatus.InvalidOutput),
                Slow = (double)g.Count(e => e.LatencyUs > line),
            })
            .GroupBy(u => u.Version)
            .Select(g => new
            {
                Version = g.Key, Units = g.LongCount(), Calls = g.Sum(u => u.Calls), CallsSquared = g.Sum(u => u.Calls * u.Calls),
                Errors = g.Sum(u => u.Errors), ErrorsSquared = g.Sum(u => u.Errors * u.Errors), ErrorsCalls = g.Sum(u => u.Errors * u.Calls),
                Timeouts = g.Sum(u => u.Timeouts), TimeoutsSquared = g.Sum(u => u.Timeouts * u.Timeouts), TimeoutsCalls = g.Sum(u => u.Timeouts * u.Calls),
                Invalid = g.Sum(u => u.Invalid), InvalidSquared = g.Sum(u => u.Invalid * u.Invalid), InvalidCalls = g.Sum(u => u.Invalid * u.Calls),
                Slow = g.Sum(u => u.Slow), SlowSquared = g.Sum(u => u.Slow * u.Slow), SlowCalls = g.Sum(u => u.Slow * u.Calls),
            })
            .ToListAsync(ct);
        return rows.ToDictionary(r => r.Version, r => new ArmEvidence(
            r.Units, (long)r.Calls,
            new RateSums(r.Units, r.Errors, r.Calls, r.ErrorsSquared, r.CallsSquared, r.ErrorsCalls),
            new RateSums(r.Units, r.Timeouts, r.Calls, r.TimeoutsSquared, r.CallsSquared, r.TimeoutsCalls),
            new RateSums(r.Units, r.Invalid, r.Calls, r.InvalidSquared, r.CallsSquared, r.InvalidCalls),
            rollout.LatencyLineUs is null ? default : new RateSums(r.Units, r.Slow, r.Calls, r.SlowSquared, r.CallsSquared, r.SlowCalls)));
    }

    /// <summary>Wrong answers per unit, each verdict weighted by the inverse of its probability, so that checking hard cases more often does not make a version look worse.</summary>
    private static async Task<Dictionary<int, RateSums>> WrongAsync(
        this LoopaiDbContext db, Rollout rollout, DateTimeOffset from, DateTimeOffset until, CancellationToken ct)
    {
        var rows = await db.Validations
            .Where(v => v.TaskId == rollout.TaskId && v.EnvironmentId == rollout.EnvironmentId && v.ExecutedAt >= from && v.ExecutedAt < until && v.Probability != null
                && (v.Version == rollout.Version || v.Version == rollout.BaseVersion)
                && (v.Status == ValidationStatus.Matched || v.Status == ValidationStatus.Mismatched))
            .Join(
                db.Executions.Where(Judged(rollout, from, until)), v => new { v.ExecutedAt, Id = v.ExecutionId }, e => new { e.ExecutedAt, e.Id },
                (v, e) => new { v.Version, Unit = e.Unit ?? e.Id.ToString(), Weight = 1 / v.Probability!.Value, Wrong = v.Status == ValidationStatus.Mismatched ? 1 / v.Probability.Value : 0 })
            .GroupBy(v => new { v.Version, v.Unit })
            .Select(g => new { g.Key.Version, Weight = g.Sum(v => v.Weight), Wrong = g.Sum(v => v.Wrong) })
            .GroupBy(u => u.Version)
            .Select(g => new
            {
                Version = g.Key, Units = g.LongCount(), Wrong = g.Sum(u => u.Wrong), Weights = g.Sum(u => u.Weight), WrongSquared = g.Sum(u => u.Wrong * u.Wrong),
                WeightsSquared = g.Sum(u => u.Weight * u.Weight), Products = g.Sum(u => u.Wrong * u.Weight),
            })
            .ToListAsync(ct);
        return rows.ToDictionary(r => r.Version, r => new RateSums(r.Units, r.Wrong, r.Weights, r.WrongSquared, r.WeightsSquared, r.Products));
    }

    /// <summary>Read from executions like everything else: what somebody tries in the portal, and what experiments do, is in the counts that others add up.</summary>
    private static async Task<RecentCounts> RecentAsync(this LoopaiDbContext db, Rollout rollout, DateTimeOffset now, CancellationToken ct)
    {
        var from = now - RolloutEngine.RecentFor < rollout.StartedAt ? rollout.StartedAt : now - RolloutEngine.RecentFor;
        return await db.Executions.Where(Judged(rollout, from, now)).Where(e => e.Version == rollout.Version)
            .GroupBy(e => e.TaskId)
            .Select(g => new RecentCounts(
                g.LongCount(), g.LongCount(e => e.Status == ExecutionStatus.Error), g.LongCount(e => e.Status == ExecutionStatus.Timeout), g.LongCount(e => e.Status == ExecutionStatus.InvalidOutput)))
            .FirstOrDefaultAsync(ct) ?? RecentCounts.None;
    }

    /// <summary>
    /// Executions of both versions in a stretch of time. Those of the past, recorded later, those that people try in the portal, and those of experiments, which choose for
    /// themselves, tell nothing of it.
    /// </summary>
    private static Expression<Func<Execution, bool>> Judged(Rollout rollout, DateTimeOffset from, DateTimeOffset until) => e =>
        e.OrganizationId == rollout.OrganizationId && e.TaskId == rollout.TaskId && e.EnvironmentId == rollout.EnvironmentId && e.ExecutedAt >= from && e.ExecutedAt < until
        && (e.Version == rollout.Version || e.Version == rollout.BaseVersion) && e.Source != ExecutionSource.Import && e.Source != ExecutionSource.Portal
        && e.ExperimentId == null;
}
