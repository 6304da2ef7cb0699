using Loopai.Core.Access;
using Loopai.Core.Configuration;
using Loopai.Core.Data;
using Loopai.Core.Tasks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Loopai.Core.Analytics;

/// <summary>Answers what was done, how well, how fast and for how much, from roll-ups. Reads no execution, so a busy month costs what a quiet one does.</summary>
public sealed class AnalyticsService(LoopaiData data, IOptions<AnalyticsSettings> settings, TimeProvider time)
{
    /// <summary>Over the tasks that the caller may see; in the caller's environment, unless environments are what is asked about.</summary>
    public async Task<AnalyticsResult> QueryAsync(Caller caller, AnalyticsQuery query, CancellationToken ct)
    {
        var mine = caller.DemandOnTasks(Permissions.AnalyticsRead);
        var now = time.GetUtcNow();
        var (minutesFrom, hoursFrom) = (now.AddHours(-settings.Value.MinuteRetentionHours), now.AddDays(-settings.Value.HourRetentionDays));
        var zone = AnalyticsRules.Check(query, minutesFrom);
        var scope = new AnalyticsScope(caller.OrganizationId, EnvironmentOf(caller, query), mine);
        var needs = query.Metrics.Aggregate(
            query.WithLatencies ? AnalyticsNeeds.Executions | AnalyticsNeeds.Histogram : AnalyticsNeeds.Executions, (all, m) => all | AnalyticsMetrics.Find(m)!.Needs);

        await using var db = await data.OpenCountedAsync(caller, ct);
        var currency = await db.Organizations.Where(o => o.Id == caller.OrganizationId).Select(o => o.Currency).FirstAsync(ct);
        var found = query with { Filters = await WithoutTagsAsync(db, query.Filters, ct) };
        var asked = await ReadAsync(query.From, query.To);
        var earlier = AnalyticsClock.Before(query.From, query.To, query.Compare, zone);
        var before = query.Compare == AnalyticsCompare.None ? null : await ReadAsync(earlier.From, earlier.To);
        var shown = asked.Ranked(query);
        var labels = await AnalyticsLabels.LoadAsync(db, query.Dimensions, shown, ct);
        return new AnalyticsAnswer(query, labels, asked, before).Of(shown, currency);

        async Task<AnalyticsCells> ReadAsync(DateTimeOffset from, DateTimeOffset to)
        {
            var buckets = AnalyticsClock.Buckets(from, to, query.Interval, zone);
            var plan = AnalyticsPlan.Of(from, to, buckets, minutesFrom, hoursFrom);
            var sums = await new AnalyticsReader(db, scope, found, needs).ReadAsync(plan.Stretches, buckets.Count > 0, ct);
            return AnalyticsCells.Of(plan, buckets, sums);
        }
    }

    /// <summary>Tags of the tasks that the caller may see, in order.</summary>
    public async Task<IReadOnlyList<string>> TagsAsync(Caller caller, CancellationToken ct)
    {
        var mine = caller.DemandOnTasks(Permissions.AnalyticsRead);
        await using var db = await data.OpenAsync(caller, ct);
        return [.. (await db.TagsAsync(ct)).Where(t => mine is null || mine.Contains(t.Key)).SelectMany(t => t.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>Tags become the tasks that have them.</summary>
    private static async Task<IReadOnlyList<AnalyticsFilter>> WithoutTagsAsync(LoopaiDbContext db, IReadOnlyList<AnalyticsFilter> filters, CancellationToken ct)
    {
        if (filters.All(f => f.Dimension != AnalyticsDimensions.Tag))
        {
            return filters;
        }

        var tags = await db.TagsAsync(ct);
        return [.. filters.Select(f => f.Dimension == AnalyticsDimensions.Tag ? f with { Dimension = AnalyticsDimensions.Task, Values = [.. Tasks(f.Values)] } : f)];

        IEnumerable<string> Tasks(IReadOnlyList<string> wanted) => tags.Where(t => t.Value.Any(tag => wanted.Contains(tag, StringComparer.OrdinalIgnoreCase))).Select(t => t.Key.ToString());
    }

    private static Guid? EnvironmentOf(Caller caller, AnalyticsQuery query)
    {
        var isAsked = query.Dimensions.Contains(AnalyticsDimensions.Environment) || query.Filters.Any(f => f.Dimension == AnalyticsDimensions.Environment);
        return isAsked && caller.ReachesOtherEnvironments(Permissions.AnalyticsRead) ? null : caller.EnvironmentId;
    }
}
