using Loopai.Core.Costs.Ledger;
using Loopai.Core.Costs.Prices;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Core.Experiments;
using Loopai.Core.Programs;
using Loopai.Core.Rollouts;
using Loopai.Core.Validation;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Costs.Recommendations;

/// <summary>Reads the facts that recommendations rest on. The database adds up; only sums come out of it.</summary>
internal static class RecommendationQueries
{
    private const int Days = 30;

    /// <summary>What learned programs usually take: a tenth of a millisecond. It stands in where none has run yet.</summary>
    private const decimal UsualSeconds = 0.0001m;

    /// <summary>What is known of every task in service, over all environments.</summary>
    public static async Task<List<TaskFacts>> TaskFactsAsync(this LoopaiDbContext db, Guid organization, PriceBook book, DateTimeOffset now, CancellationToken ct)
    {
        var since = RollupLevel.Day.StartOf(now.AddDays(-Days));
        var tasks = await db.Tasks.AsNoTracking().Where(t => t.ArchivedAt == null).Select(t => new { t.Id, t.Name, t.ActiveVersion, t.Sampling, t.AccuracyTarget, t.LatencyTargetMs, t.Revision }).ToListAsync(ct);
        var examples = await db.Examples.Where(e => e.ForTraining).GroupBy(e => e.TaskId).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        var making = (await db.GenerationJobs.Where(j => j.Status == JobStatus.Queued || j.Status == JobStatus.Running).Select(j => j.TaskId).ToListAsync(ct)).ToHashSet();
        var references = await db.TaskReferences.AsNoTracking().ToDictionaryAsync(r => r.TaskId, ct);
        var programs = (await db.Programs.AsNoTracking().Select(p => new { p.TaskId, p.Version, p.Language, p.Status }).ToListAsync(ct)).ToLookup(p => p.TaskId);
        var spent = await db.SpentByVersionAsync(organization, since, ct);
        var verdicts = await db.VerdictsByVersionAsync(organization, since, ct);
        var latencies = await db.LatenciesAsync(organization, [.. tasks.Where(t => t.LatencyTargetMs is not null).Select(t => t.Id)], since, ct);
        var rollouts = await db.Rollouts.AsNoTracking().Select(r => new { r.TaskId, r.Version, r.Status, r.StartedAt }).ToListAsync(ct);
        var rolledBack = rollouts.GroupBy(r => (r.TaskId, r.Version)).Where(g => g.MaxBy(r => r.StartedAt)!.Status == RolloutStatus.RolledBack).Select(g => g.Key).ToHashSet();
        var moving = rollouts.Where(r => r.Status is RolloutStatus.Running or RolloutStatus.Paused).Select(r => r.TaskId).ToHashSet();
        moving.UnionWith(await db.Experiments
            .Where(e => e.Status == ExperimentStatus.Scheduled || e.Status == ExperimentStatus.Running || e.Status == ExperimentStatus.Paused).Select(e => e.TaskId).ToListAsync(ct));
        var checks = await db.ChecksAsync(organization, book.Currency, since, ct);
        return
        [
            .. tasks.Select(task => new TaskFacts(
                task.Id, task.Name, task.ActiveVersion, task.Sampling.Rate, task.AccuracyTarget, examples.GetValueOrDefault(task.Id), making.Contains(task.Id),
                references.TryGetValue(task.Id, out var model) ? book.Tokens(model.Provider, model.Model, now)?.Of(new TokenUsage(model.InputTokens, model.OutputTokens)) : null,
                spent.Where(s => s.Key.TaskId == task.Id).Select(s => (now - s.Value.First).TotalDays).DefaultIfEmpty(Days).Max(),
                [
                    .. programs[task.Id].Select(p =>
                    {
                        var sum = spent.GetValueOrDefault((p.TaskId, p.Version));
                        return new VersionFacts(p.Version, p.Language, p.Status, sum.Executions, sum.Cost, sum.Unpriced, verdicts.GetValueOrDefault((p.TaskId, p.Version)))
                        {
                            Failures = sum.Failures, Days = sum.Executions > 0 ? (now - sum.First).TotalDays : Days, P95Ms = latencies.GetValueOrDefault((p.TaskId, p.Version))?.Quantile(0.95) / 1000,
                            WasRolledBack = rolledBack.Contains((p.TaskId, p.Version)),
                        };
                    }),
                ],
                task.ActiveVersion is { } active ? checks.GetValueOrDefault((task.Id, active), CheckFacts.None) : CheckFacts.None)
            {
                LatencyTargetMs = task.LatencyTargetMs, IsMoving = moving.Contains(task.Id), Revision = task.Revision,
            }),
        ];
    }

    /// <summary>What an execution of a learned program costs: the mean of all here, or what it usually takes by its price.</summary>
    public static decimal? LearnedPerCall(IReadOnlyCollection<TaskFacts> tasks, PriceBook book, DateTimeOffset now)
    {
        var learned = tasks.SelectMany(t => t.Versions).Where(v => v.Language == ProgramLanguage.Model && v.PerExecution is not null).ToList();
        return learned.Count > 0 ? learned.Sum(v => v.Cost) / learned.Sum(v => v.Executions) : book.Compute(ProgramLanguage.Model, now)?.PerUnit * UsualSeconds;
    }

    /// <summary>Keys that could be used. One that bounds a report's schedule is in use, though nobody calls with it.</summary>
    public static async Task<List<KeyFacts>> KeyFactsAsync(this LoopaiDbContext db, DateTimeOffset now, CancellationToken ct) => await db.ApiKeys.AsNoTracking()
        .Where(k => k.RevokedAt == null && (k.ExpiresAt == null || k.ExpiresAt > now) && !db.ReportSchedules.Any(s => s.KeyId == k.Id && !s.IsPaused))
        .Select(k => new KeyFacts(k.Id, k.Name, k.CreatedAt, k.Secrets.Max(s => s.LastUsedAt))).ToListAsync(ct);

    /// <summary>What has been spent on a task since a decision, of the last thirty days at most, in that for which it was changed.</summary>
    /// <param name="db">The organization's data.</param>
    /// <param name="decision">The decision.</param>
    /// <param name="currency">In what it is reckoned.</param>
    /// <param name="until">Now, or when the next decision changed the same.</param>
    /// <param name="ct">Ends it.</param>
    public static Task<(decimal Amount, long Executions, double Days)> SinceAsync(
        this LoopaiDbContext db, RecommendationDecision decision, string currency, DateTimeOffset until, CancellationToken ct)
    {
        // The hour in which it was decided belongs to neither side.
        var from = RollupLevel.Hour.StartOf(decision.At < until.AddDays(-Days) ? until.AddDays(-Days) : decision.At.AddHours(1));
        return db.SpentOnAsync(decision.Kind, decision.SubjectId, currency, from, until, ct);
    }

    /// <summary>What an execution cost in the thirty days before now, reckoned like what it costs since; null where too few ran to say.</summary>
    public static async Task<decimal?> BeforeAsync(this LoopaiDbContext db, RecommendationKind kind, Guid task, string currency, DateTimeOffset now, CancellationToken ct)
    {
        var (amount, executions, _) = await db.SpentOnAsync(kind, task, currency, RollupLevel.Hour.StartOf(now.AddDays(-Days)), now, ct);
        return executions >= RecommendationRules.LeastExecutions ? amount / executions : null;
    }

    private static async Task<(decimal Amount, long Executions, double Days)> SpentOnAsync(
        this LoopaiDbContext db, RecommendationKind kind, Guid task, string currency, DateTimeOffset from, DateTimeOffset until, CancellationToken ct)
    {
        var rows = await db.ExecutionRollups.AsNoTracking().Where(r => r.Level == RollupLevel.Hour && r.StartsAt >= from && r.StartsAt < until && r.TaskId == task)
            .GroupBy(r => r.TaskId).Select(g => new { Cost = g.Sum(r => r.Cost), Executions = g.Sum(r => r.Executions) }).FirstOrDefaultAsync(ct);
        var amount = kind == RecommendationKind.LowerSampling
            ? await db.CostEntries.Where(e => e.TaskId == task && e.Kind == CostKind.Validation && e.At >= from && e.At < until && e.Currency == currency).SumAsync(e => e.Amount, ct) ?? 0
            : rows?.Cost ?? 0;
        return (amount, rows?.Executions ?? 0, (until - from).TotalDays);
    }

    private static async Task<Dictionary<(Guid TaskId, int Version), (long Executions, decimal Cost, long Unpriced, long Failures, DateTimeOffset First)>> SpentByVersionAsync(
        this LoopaiDbContext db, Guid organization, DateTimeOffset since, CancellationToken ct) =>
        await db.ExecutionRollups.AsNoTracking().Where(r => r.OrganizationId == organization && r.Level == RollupLevel.Day && r.StartsAt >= since)
            .GroupBy(r => new { r.TaskId, r.Version })
            .Select(g => new
            {
                g.Key, Executions = g.Sum(r => r.Executions), Cost = g.Sum(r => r.Cost), Unpriced = g.Sum(r => r.Unpriced), Failures = g.Sum(r => r.Errors + r.Timeouts + r.InvalidOutputs),
                First = g.Min(r => r.StartsAt),
            })
            .ToDictionaryAsync(g => (g.Key.TaskId, g.Key.Version), g => (g.Executions, g.Cost, g.Unpriced, g.Failures, g.First), ct);

    private static async Task<Dictionary<(Guid TaskId, int Version), LatencyHistogram>> LatenciesAsync(
        this LoopaiDbContext db, Guid organization, IReadOnlyList<Guid> tasks, DateTimeOffset since, CancellationToken ct)
    {
        var latencies = new Dictionary<(Guid, int), LatencyHistogram>();
        if (tasks.Count == 0)
        {
            return latencies;
        }

        await foreach (var row in db.ExecutionRollups.AsNoTracking()
            .Where(r => r.OrganizationId == organization && r.Level == RollupLevel.Day && r.StartsAt >= since && tasks.Contains(r.TaskId))
            .Select(r => new { r.TaskId, r.Version, r.Latencies }).AsAsyncEnumerable().WithCancellation(ct))
        {
            if (!latencies.TryGetValue((row.TaskId, row.Version), out var sum))
            {
                latencies[(row.TaskId, row.Version)] = sum = new LatencyHistogram();
            }

            sum.AddEncoded(row.Latencies);
        }

        return latencies;
    }

    private static async Task<Dictionary<(Guid TaskId, int Version), WeightedShare>> VerdictsByVersionAsync(
        this LoopaiDbContext db, Guid organization, DateTimeOffset since, CancellationToken ct) =>
        await db.VerdictRollups.AsNoTracking().Where(r => r.OrganizationId == organization && r.Level == RollupLevel.Day && r.StartsAt >= since)
            .GroupBy(r => new { r.TaskId, r.Version })
            .Select(g => new { g.Key, Weights = g.Sum(r => r.Weights), Matched = g.Sum(r => r.MatchedWeights), Squares = g.Sum(r => r.SquaredWeights) })
            .ToDictionaryAsync(g => (g.Key.TaskId, g.Key.Version), g => new WeightedShare((double)g.Weights, (double)g.Matched, (double)g.Squares), ct);

    private static async Task<Dictionary<(Guid TaskId, int Version), CheckFacts>> ChecksAsync(
        this LoopaiDbContext db, Guid organization, string currency, DateTimeOffset since, CancellationToken ct)
    {
        var chosen = db.Validations.AsNoTracking().Where(v => v.OrganizationId == organization && v.ExecutedAt >= since && v.Probability != null
            && (v.Status == ValidationStatus.Matched || v.Status == ValidationStatus.Mismatched));
        var counts = await chosen.GroupBy(v => new { v.TaskId, v.Version }).Select(g => new
        {
            g.Key, Count = g.LongCount(v => v.SampledBy == SampledBy.Random), OfRate = g.Sum(v => v.SampledBy == SampledBy.Random ? 1 / v.Probability : 0) ?? 0,
            Weights = g.Sum(v => 1 / v.Probability) ?? 0, Squares = g.Sum(v => 1 / (v.Probability * v.Probability)) ?? 0,
            Matched = g.Sum(v => v.Status == ValidationStatus.Matched ? 1 / v.Probability : 0) ?? 0,
        }).ToListAsync(ct);
        var costs = await chosen.Where(v => v.SampledBy == SampledBy.Random).Join(
                db.CostEntries.Where(e => e.Kind == CostKind.Validation && e.Currency == currency), v => v.Id, e => e.SubjectId, (v, e) => new { v.TaskId, v.Version, e.Amount })
            .GroupBy(c => new { c.TaskId, c.Version }).Select(g => new { g.Key, Cost = g.Sum(c => c.Amount) ?? 0, Unpriced = g.LongCount(c => c.Amount == null) })
            .ToDictionaryAsync(g => (g.Key.TaskId, g.Key.Version), g => (g.Cost, g.Unpriced), ct);
        return counts.ToDictionary(c => (c.Key.TaskId, c.Key.Version), c =>
        {
            var (cost, unpriced) = costs.GetValueOrDefault((c.Key.TaskId, c.Key.Version));
            return new CheckFacts(c.Count, new WeightedShare(c.Weights, c.Matched, c.Squares), cost, unpriced) { Weights = c.OfRate };
        });
    }
}
