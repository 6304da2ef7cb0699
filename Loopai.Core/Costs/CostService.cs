using Loopai.Core.Access;
using Loopai.Core.Costs.Forecasting;
using Loopai.Core.Costs.Ledger;
using Loopai.Core.Costs.Prices;
using Loopai.Core.Costs.Savings;
using Loopai.Core.Data;
using Loopai.Core.Tasks;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Costs;

/// <summary>Adds the ledger up, and holds it against what language models would have asked.</summary>
public sealed class CostService(LoopaiData data, TimeProvider time)
{
    public const int DefaultDays = 30;

    /// <summary>A year and a day.</summary>
    public const int MaxDays = 367;

    /// <summary>Days ahead: to the end of any month, and a quarter.</summary>
    internal const int Horizon = 90;

    /// <summary>Twelve weeks: what is kept by the hour.</summary>
    private const int HistoryDays = 84;

    /// <summary>What was spent in some days, over all environments.</summary>
    public async Task<CostSummary> SummaryAsync(Caller caller, CostRange range, CancellationToken ct)
    {
        caller.Demand(Permissions.CostsRead);
        var now = time.GetUtcNow();
        await using var db = await data.OpenCountedAsync(caller, ct);
        var organization = await db.Organizations.AsNoTracking().Where(o => o.Id == caller.OrganizationId).Select(o => new { o.TimeZone }).SingleAsync(ct);
        var days = LocalDays.Of(organization.TimeZone);
        var to = range.To ?? days.DayOf(now);
        var from = range.From ?? to.AddDays(1 - DefaultDays);
        if (from > to || to.DayNumber - from.DayNumber >= MaxDays)
        {
            throw CostErrors.Range(from > to ? "from lies after to." : $"Ask for {MaxDays} days at most.");
        }

        var book = await db.PriceBookAsync(caller.OrganizationId, ct);
        var asked = new LedgerRange(caller.OrganizationId, book.Currency, days.StartOf(from), days.StartOf(to.AddDays(1)), now);
        var everything = new LedgerScope(ScopeKind.Organization, caller.OrganizationId);
        bool Covers(Guid? task) => range.Tasks is null || (task is { } id && range.Tasks.Contains(id));
        var shares = (await db.SharesAsync(asked, ct)).FindAll(s => Covers(s.TaskId));
        var series = (await db.SeriesAsync(everything, asked, ct)).FindAll(p => Covers(p.TaskId));
        var references = await db.TaskReferences.AsNoTracking().ToDictionaryAsync(r => r.TaskId, ct);
        var would = new ReferencePrices(references, book).WouldHaveCost(series);
        var before = asked with { From = days.StartOf(from.AddDays(from.DayNumber - to.DayNumber - 1)), To = asked.From };
        var spentBefore = range.Tasks is null ? (await db.SpentAsync(everything, before, ct)).Total : (await db.SharesAsync(before, ct)).Where(s => Covers(s.TaskId)).Sum(s => s.Amount);
        return new CostSummary(
            book.Currency, from, to, shares.Sum(s => s.Amount), spentBefore, shares.Sum(s => s.Unpriced),
            [.. shares.GroupBy(s => s.Kind).Select(g => new KindCost(g.Key, g.Sum(s => s.Amount), g.Sum(s => s.Count), g.Sum(s => s.Unpriced))).OrderBy(k => k.Kind)],
            await ByTaskAsync(db, asked, shares, would, references, ct),
            Shares(shares, s => s.TeamId, await db.Teams.ToDictionaryAsync(t => t.Id, t => t.Name, ct), "No team"),
            Shares(shares, s => s.KeyId, await db.ApiKeys.ToDictionaryAsync(k => k.Id, k => k.Name, ct), "No key: the portal, checks and generation"),
            Shares(shares, s => s.EnvironmentId, await db.Environments.ToDictionaryAsync(e => e.Id, e => e.Name, ct), "No environment: generation"),
            Shares([.. shares.Where(s => s.ExperimentId is not null)], s => s.ExperimentId, await db.Experiments.ToDictionaryAsync(e => e.Id, e => e.Name, ct), ""),
            ByTag(shares, await db.TagsAsync(ct)),
            PerDay(series, would, days, from, to));
    }

    /// <summary>What the coming days will cost, of everything or of one task.</summary>
    public async Task<CostForecast> ForecastAsync(Caller caller, Guid? taskId, CancellationToken ct)
    {
        caller.Demand(Permissions.CostsRead);
        await using var db = await data.OpenCountedAsync(caller, ct);
        if (taskId is { } task)
        {
            await db.RequireTaskAsync(task, ct);
        }

        var references = new ReferencePrices(
            await db.TaskReferences.AsNoTracking().Where(r => taskId == null || r.TaskId == taskId).ToDictionaryAsync(r => r.TaskId, ct), await db.PriceBookAsync(caller.OrganizationId, ct));
        return await ForecastAsync(
            db, caller.OrganizationId, taskId is { } id ? new LedgerScope(ScopeKind.Task, id) : new LedgerScope(ScopeKind.Organization, caller.OrganizationId), time.GetUtcNow(), ct,
            references);
    }

    /// <param name="db">The database.</param>
    /// <param name="organizationId">Whose spending.</param>
    /// <param name="scope">What part of it.</param>
    /// <param name="now">From when on.</param>
    /// <param name="ct">Ends the work.</param>
    /// <param name="references">With what days gone by are compared; null for nothing.</param>
    internal static async Task<CostForecast> ForecastAsync(
        LoopaiDbContext db, Guid organizationId, LedgerScope scope, DateTimeOffset now, CancellationToken ct, ReferencePrices? references = null)
    {
        var organization = await db.Organizations.AsNoTracking().Where(o => o.Id == organizationId).Select(o => new { o.TimeZone, o.Currency }).SingleAsync(ct);
        var days = LocalDays.Of(organization.TimeZone);
        var today = days.DayOf(now);
        var points = await db.SeriesAsync(
            scope, new LedgerRange(organizationId, organization.Currency, days.StartOf(today.AddDays(-HistoryDays)), days.StartOf(today.AddDays(1)), now), ct);
        var perDay = PerDay(points, references?.WouldHaveCost(points), days, today.AddDays(-HistoryDays), today);
        var whole = perDay.Take(perDay.Count - 1).SkipWhile(d => d is { Spent: 0, Executions: 0 }).ToList();
        var forecast = whole.Count == 0 ? SpendForecast.Nothing : Forecaster.Forecast(whole[0].Day, [.. whole.Select(d => (double)Math.Max(0, d.Spent))], Horizon);
        var left = days.LeftOf(now);
        return new CostForecast(
            organization.Currency, today,
            Outlook.Of(perDay.Where(d => d.Day.Year == today.Year && d.Day.Month == today.Month).Sum(d => d.Spent), forecast, today, left, LocalDays.MonthEnd(today)),
            Outlook.Of(perDay[^1].Spent, forecast, today, left, today.AddDays(Horizon - 1)), [.. whole, perDay[^1]], forecast,
            references is not null && perDay.Exists(d => d is { Executions: > 0, WouldHaveCost: null }) ? [references.Missing] : []);
    }

    private static async Task<IReadOnlyList<TaskCost>> ByTaskAsync(
        LoopaiDbContext db, LedgerRange range, List<LedgerShare> shares, Dictionary<LedgerPoint, decimal> would, Dictionary<Guid, TaskReference> references, CancellationToken ct)
    {
        var names = await db.Tasks.ToDictionaryAsync(t => t.Id, t => t.Name, ct);
        var accuracy = await db.AccuracyAsync(range, ct);
        var wouldOf = would.GroupBy(w => w.Key.TaskId!.Value).ToDictionary(g => g.Key, g => g.Sum(w => w.Value));
        return
        [
            .. shares.GroupBy(s => s.TaskId).Select(g => new TaskCost(
                g.Key, g.Key is { } id ? names.GetValueOrDefault(id, "A task that is gone") : "No task", g.Sum(s => s.Amount), Of(g, CostKind.Execution), Of(g, CostKind.Validation),
                Of(g, CostKind.Generation), g.Where(s => s.Kind == CostKind.Execution).Sum(s => s.Count), g.Sum(s => s.Unpriced),
                g.Key is { } task && references.TryGetValue(task, out var reference) ? $"{reference.Provider}/{reference.Model}" : null,
                g.Key is { } priced && wouldOf.TryGetValue(priced, out var amount) ? amount : null,
                g.Key is { } judged && accuracy.TryGetValue(judged, out var share) ? share : null))
                .OrderByDescending(t => t.Amount).ThenBy(t => t.Name, StringComparer.OrdinalIgnoreCase),
        ];

        static decimal Of(IEnumerable<LedgerShare> shares, CostKind kind) => shares.Where(s => s.Kind == kind).Sum(s => s.Amount);
    }

    private static IReadOnlyList<CostShare> Shares(List<LedgerShare> shares, Func<LedgerShare, Guid?> by, Dictionary<Guid, string> names, string none) =>
    [
        .. shares.GroupBy(by).Select(g => new CostShare(
            g.Key, g.Key is { } id ? names.GetValueOrDefault(id, "No longer there") : none, g.Sum(s => s.Amount), g.Where(s => s.Kind == CostKind.Execution).Sum(s => s.Count),
            g.Sum(s => s.Unpriced))).OrderByDescending(s => s.Amount).ThenBy(s => s.Name, StringComparer.OrdinalIgnoreCase),
    ];

    /// <summary>Nothing where no task has a tag.</summary>
    private static IReadOnlyList<CostShare> ByTag(List<LedgerShare> shares, Dictionary<Guid, IReadOnlyList<string>> tags)
    {
        var tagged = shares.SelectMany(share => (share.TaskId is { } task ? tags.GetValueOrDefault(task, [""]) : [""]).Select(tag => (Tag: tag, Share: share)));
        return tags.Count == 0
            ? []
            :
            [
                .. tagged.GroupBy(t => t.Tag, t => t.Share, StringComparer.Ordinal).Select(g => new CostShare(
                    null, g.Key.Length > 0 ? g.Key : "No tag", g.Sum(s => s.Amount), g.Where(s => s.Kind == CostKind.Execution).Sum(s => s.Count), g.Sum(s => s.Unpriced)))
                    .OrderByDescending(s => s.Amount).ThenBy(s => s.Name, StringComparer.Ordinal),
            ];
    }

    /// <param name="points">What was spent, by the hour.</param>
    /// <param name="would">What a language model would have asked for them; null where it was not looked up.</param>
    /// <param name="days">How days are cut.</param>
    /// <param name="from">The first.</param>
    /// <param name="to">The last.</param>
    private static List<DayCost> PerDay(List<LedgerPoint> points, Dictionary<LedgerPoint, decimal>? would, LocalDays days, DateOnly from, DateOnly to)
    {
        var byDay = points.ToLookup(p => days.DayOf(p.At));
        return
        [
            .. Enumerable.Range(0, to.DayNumber - from.DayNumber + 1).Select(from.AddDays).Select(day => new DayCost(
                day, byDay[day].Sum(p => p.Amount), Would(byDay[day].Where(p => p.Executions > 0).ToList()), byDay[day].Sum(p => p.Executions))),
        ];

        // A day without executions would have cost nothing, where there is anything to compare with.
        decimal? Would(List<LedgerPoint> ran) => would is not { Count: > 0 } || (ran.Count > 0 && !ran.Exists(would.ContainsKey)) ? null : ran.Sum(p => would.GetValueOrDefault(p));
    }
}
