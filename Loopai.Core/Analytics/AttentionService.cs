using Loopai.Core.Access;
using Loopai.Core.Costs.Budgets;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Core.Experiments;
using Loopai.Core.Programs;
using Loopai.Core.Reports;
using Loopai.Core.Reports.Running;
using Loopai.Core.Rollouts;
using Loopai.Core.Usage;
using Loopai.Core.Validation;
using Loopai.Core.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Analytics;

/// <summary>Finds what a person should look at. A figure is told only when there is enough behind it to stay true tomorrow.</summary>
public sealed class AttentionService(LoopaiData data, TimeProvider time)
{
    /// <summary>A share or a percentile of fewer executions says little.</summary>
    public const int LeastExecutions = 100;

    /// <summary>Below this share nobody wants to be called, however sure the rise is.</summary>
    public const double LeastErrorRate = 0.01;

    /// <summary>What it takes to be told of tasks.</summary>
    private static readonly string[] TaskRights = [Permissions.TasksRead, Permissions.ExecutionsRead, Permissions.ValidationsRead];

    private static readonly TimeSpan KeyEndsWithin = TimeSpan.FromDays(14);
    private static readonly TimeSpan Recent = TimeSpan.FromDays(1);
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    /// <summary>
    /// Everything of the caller's environment that the caller may see, most pressing first. It demands nothing as a whole: who looks after budgets is told of them
    /// without a right to read tasks.
    /// </summary>
    public async Task<IReadOnlyList<AttentionItem>> ListAsync(Caller caller, CancellationToken ct)
    {
        var mine = TaskRights.All(caller.MaySomewhere) ? caller.DemandOnTasks(TaskRights) : [];
        var now = time.GetUtcNow();
        await using var db = await data.OpenCountedAsync(caller, ct);
        var tasks = await db.Tasks.AsNoTracking().Among(mine).Where(t => t.Status == Tasks.TaskStatus.Active)
            .Select(t => new TaskRow(t.Id, t.Name, t.ActiveVersion, t.AccuracyTarget, t.LatencyTargetMs, t.CreatedAt)).ToListAsync(ct);
        var rollups = (await db.RollupsAsync(caller, mine, RollupLevel.Hour, now - Recent - Week, now, ct)).ToLookup(r => r.TaskId);
        var verdicts = (await db.VerdictsAsync(caller, mine, now - Month, now, ct)).ToLookup(v => (v.TaskId, (int?)v.Version));
        var waiting = await WaitingAsync(db, caller, mine, ct);
        var programs = (await db.Programs.AsNoTracking().OfTasks(mine)
            .Select(p => new ProgramRow(p.TaskId, p.Version, p.Status, p.Accuracy, p.CreatedAt)).ToListAsync(ct)).ToLookup(p => p.TaskId);

        var rolledBack = await RolledBackAsync(db, caller, mine, now - Week, ct);

        return
        [
            .. tasks.SelectMany(task => new[]
            {
                rolledBack.TryGetValue(task.Id, out var back) ? new AttentionItem(AttentionKind.RolledBack, task.Id, task.Name, back.Version, Since: back.EndedAt) : null,
                ErrorsUp(task, rollups[task.Id], now - Recent),
                AccuracyBelowTarget(task, verdicts[(task.Id, task.ActiveVersion)]),
                LatencyAboveTarget(task, rollups[task.Id], now - Recent),
                waiting.TryGetValue(task.Id, out var w) ? new AttentionItem(AttentionKind.ReviewWaiting, task.Id, task.Name, Count: w.Count, Since: w.Oldest) : null,
                NoActiveVersion(task, programs[task.Id]),
                BetterVersion(task, [.. programs[task.Id]]),
            }).Concat(await OfExperimentsAsync(db, caller, tasks, now - Week, ct)).Concat(await OfTheOrganizationAsync(db, caller, now, ct)).OfType<AttentionItem>().OrderBy(item => item.Kind).ThenByDescending(item => item.Count).ThenBy(item => item.TaskName),
        ];
    }

    /// <summary>What Loopai did with experiments by itself. A breaker's doing stays until somebody does something about it, a decision a week.</summary>
    private static async Task<IEnumerable<AttentionItem>> OfExperimentsAsync(
        LoopaiDbContext db, Caller caller, IReadOnlyList<TaskRow> tasks, DateTimeOffset since, CancellationToken ct)
    {
        var names = tasks.Where(t => caller.May(Permissions.ExperimentsRead, t.Id)).ToDictionary(t => t.Id, t => t.Name);
        var changed = await db.Experiments.AsNoTracking()
            .Where(e => e.EnvironmentId == caller.EnvironmentId && (e.Status == ExperimentStatus.Paused || (e.Status == ExperimentStatus.Decided && e.UpdatedAt > since)))
            .Select(e => new
            {
                e.Id, e.TaskId, e.Name, e.Status, e.Decision, e.UpdatedAt,
                Last = db.ExperimentChanges.Where(c => c.ExperimentId == e.Id && c.Action != "edited").OrderByDescending(c => c.At).ThenByDescending(c => c.Id).Select(c => c.Action).FirstOrDefault(),
            })
            .ToListAsync(ct);
        return
            from e in changed
            where names.ContainsKey(e.TaskId)
            let isTripped = e.Status == ExperimentStatus.Paused && e.Last == "breaker_tripped"
            where isTripped || e.Decision is { Automatic: true }
            select new AttentionItem(
                isTripped ? AttentionKind.BreakerTripped : AttentionKind.DecidedAutomatically, e.TaskId, names[e.TaskId], Since: isTripped ? e.UpdatedAt : e.Decision!.At,
                ExperimentId: e.Id, ExperimentName: e.Name);
    }

    /// <summary>What concerns no task.</summary>
    private static async Task<IReadOnlyList<AttentionItem>> OfTheOrganizationAsync(LoopaiDbContext db, Caller caller, DateTimeOffset now, CancellationToken ct)
    {
        List<AttentionItem> items = [];
        if (caller.May(Permissions.KeysRead))
        {
            var soon = now + KeyEndsWithin;
            var keys = await db.ApiKeys.AsNoTracking().Where(k => k.RevokedAt == null && k.ExpiresAt > now && k.ExpiresAt < soon && k.EnvironmentId == caller.EnvironmentId)
                .Select(k => new { k.Id, k.Name, k.ExpiresAt, k.CreatedAt }).ToListAsync(ct);

            // A key that was made for a few days is no news.
            items.AddRange(keys.Where(k => k.ExpiresAt - k.CreatedAt > KeyEndsWithin).Select(k => new AttentionItem(AttentionKind.KeyEnds, k.Id, k.Name, Since: k.ExpiresAt)));
        }

        if (caller.May(Permissions.ReportsRead))
        {
            items.AddRange(await FailedReportsAsync(db, caller, now - Week, ct));
        }

        if (caller.May(Permissions.PluginsRead))
        {
            items.AddRange(await db.PluginAttentionAsync(caller, now, ct));
        }

        if (caller.May(Permissions.WebhooksRead))
        {
            items.AddRange(
                from given in await db.GivenUpAsync(now - Week, ct)
                select new AttentionItem(AttentionKind.WebhookGivenUp, given.Id, given.Name, Count: given.Dead, Since: given.Since));
        }

        if (caller.May(Permissions.CostsRead))
        {
            items.AddRange(
                from passed in await db.PassedAsync(now, ct)
                select new AttentionItem(
                    AttentionKind.BudgetSpent, passed.Budget.Id, passed.Budget.Name, Value: (double)(passed.Alert.Spent / passed.Alert.Amount), Reference: (double)passed.Alert.Amount,
                    Since: passed.Alert.At));
        }

        if (caller.May(Permissions.UsageRead))
        {
            items.AddRange(
                from state in await db.QuotaStatesAsync(caller, now, ct)
                from use in state.Uses()
                where use.Used >= use.Limit * QuotaService.WarnAt
                select new AttentionItem(
                    AttentionKind.QuotaNearlyUsed, state.Scope.Id, state.Scope.Name, Count: use.Used, Value: (double)use.Used / Math.Max(1, use.Limit), Reference: use.Limit,
                    Quota: use.Name));
        }

        return items;
    }

    /// <summary>Each report's last run, where that failed for good; for its owner, and for who manages the jobs of others.</summary>
    private static async Task<IEnumerable<AttentionItem>> FailedReportsAsync(LoopaiDbContext db, Caller caller, DateTimeOffset since, CancellationToken ct)
    {
        var (all, person) = (caller.May(Permissions.JobsManage), caller.PersonId);
        var failed = await db.ReportRuns.AsNoTracking().Join(db.VisibleReports(caller), run => run.ReportId, report => report.Id, (run, report) => new { run, report.Name })
            .Where(r => r.run.Status == RunStatus.Dead && r.run.FinishedAt > since && (all || r.run.OwnerId == person)
                && !db.ReportRuns.Any(o => o.ReportId == r.run.ReportId && o.FinishedAt > r.run.FinishedAt && (o.Status == RunStatus.Succeeded || o.Status == RunStatus.Dead)))
            .Select(r => new { r.run.Id, r.Name, r.run.FinishedAt }).ToListAsync(ct);
        return failed.Select(r => new AttentionItem(AttentionKind.ReportFailed, r.Id, r.Name, Since: r.FinishedAt));
    }

    private static async Task<Dictionary<Guid, Waiting>> WaitingAsync(
        LoopaiDbContext db, Caller caller, IReadOnlyCollection<Guid>? mine, CancellationToken ct) =>
        await db.Validations.AsNoTracking().OfTasks(mine)
            .Where(v => v.OrganizationId == caller.OrganizationId && v.Status == ValidationStatus.InReview && v.EnvironmentId == caller.EnvironmentId)
            .GroupBy(v => v.TaskId).Select(g => new { g.Key, Count = g.LongCount(), Oldest = g.Min(v => v.ExecutedAt) })
            .ToDictionaryAsync(g => g.Key, g => new Waiting(g.Count, g.Oldest), ct);

    /// <summary>The last rollout of each task, where it took itself back and nobody has tried another since.</summary>
    private static async Task<Dictionary<Guid, Rollout>> RolledBackAsync(
        LoopaiDbContext db, Caller caller, IReadOnlyCollection<Guid>? mine, DateTimeOffset since, CancellationToken ct) =>
        await db.Rollouts.AsNoTracking().OfTasks(mine)
            .Where(r => r.EnvironmentId == caller.EnvironmentId && r.Status == RolloutStatus.RolledBack && r.EndedAt > since
                && !db.Rollouts.Any(later => later.TaskId == r.TaskId && later.StartedAt > r.StartedAt))
            .ToDictionaryAsync(r => r.TaskId, ct);

    /// <summary>The share of a day above that of the week before, with both Wilson intervals apart.</summary>
    private static AttentionItem? ErrorsUp(TaskRow task, IEnumerable<RollupRow> rollups, DateTimeOffset since)
    {
        var split = rollups.ToLookup(r => r.StartsAt >= since);
        var (now, before) = (RollupSum.Of(split[true]), RollupSum.Of(split[false]));
        if (now.Executions < LeastExecutions || before.Executions < LeastExecutions)
        {
            return null;
        }

        var (rate, rateBefore) = ((double)now.Failed / now.Executions, (double)before.Failed / before.Executions);
        return rate >= LeastErrorRate && Wilson.Interval(now.Failed, now.Executions).Low > Wilson.Interval(before.Failed, before.Executions).High
            ? new AttentionItem(AttentionKind.ErrorsUp, task.Id, task.Name, Count: now.Failed, Value: rate, Reference: rateBefore, Since: since)
            : null;
    }

    /// <summary>The whole interval lies below the target.</summary>
    private static AttentionItem? AccuracyBelowTarget(TaskRow task, IEnumerable<VerdictSum> verdicts)
    {
        var checks = verdicts.ToList();
        return task.AccuracyTarget is { } target && checks.Estimated() is { } accuracy && accuracy.High < target
            ? new AttentionItem(
                AttentionKind.AccuracyBelowTarget, task.Id, task.Name, task.ActiveVersion, checks.Sum(v => v.Count), accuracy.Value, target)
            : null;
    }

    private static AttentionItem? LatencyAboveTarget(TaskRow task, IEnumerable<RollupRow> rollups, DateTimeOffset since)
    {
        var sum = RollupSum.Of(rollups.Where(r => r.StartsAt >= since && r.Version == task.ActiveVersion));
        return task.LatencyTargetMs is { } target && sum.Executions >= LeastExecutions && sum.QuantileMs(0.95) is { } p95 && p95 > target
            ? new AttentionItem(AttentionKind.LatencyAboveTarget, task.Id, task.Name, task.ActiveVersion, sum.Executions, p95, target, since)
            : null;
    }

    private static AttentionItem? NoActiveVersion(TaskRow task, IEnumerable<ProgramRow> programs) => task.ActiveVersion is null
        ? new AttentionItem(AttentionKind.NoActiveVersion, task.Id, task.Name, programs.Max(p => (int?)p.Version), Since: task.CreatedAt)
        : null;

    private static AttentionItem? BetterVersion(TaskRow task, IReadOnlyList<ProgramRow> programs)
    {
        var active = programs.FirstOrDefault(p => p.Version == task.ActiveVersion);
        var better = programs
            .Where(p => p.Version > active?.Version && p.Accuracy > active.Accuracy && (p.Status is ProgramStatus.Draft or ProgramStatus.Validated))
            .MaxBy(p => p.Accuracy);
        return better is null
            ? null
            : new AttentionItem(
                AttentionKind.BetterVersion, task.Id, task.Name, better.Version, Value: better.Accuracy, Reference: active?.Accuracy, Since: better.CreatedAt);
    }

    private sealed record TaskRow(Guid Id, string Name, int? ActiveVersion, double? AccuracyTarget, double? LatencyTargetMs, DateTimeOffset CreatedAt);

    private sealed record ProgramRow(Guid TaskId, int Version, ProgramStatus Status, double? Accuracy, DateTimeOffset CreatedAt);

    private sealed record Waiting(long Count, DateTimeOffset Oldest);
}
