using Loopai.Core.Access;
using Loopai.Core.Analytics;

namespace Loopai.Core.Reports.Building.Sections;

/// <summary>Asks the analytics for the figures of a report's period, in the caller's environment.</summary>
public sealed class FigureReader(AnalyticsService analytics)
{
    public Task<AnalyticsResult> ReadAsync(
        SectionContext context, ReportPeriod period, IReadOnlyList<string> metrics, string? dimension, AnalyticsInterval interval, int? top, CancellationToken ct) =>
        analytics.QueryAsync(
            context.Caller,
            new AnalyticsQuery(
                metrics, dimension is null ? [] : [dimension], FiltersOf(context), period.From, period.To, interval, context.Zone.Id, AnalyticsCompare.None, top), ct);

    public static ValueKind KindOf(string metric) => AnalyticsMetrics.Find(metric)?.Unit switch
    {
        AnalyticsUnit.Share => ValueKind.Share, AnalyticsUnit.Milliseconds => ValueKind.Milliseconds, AnalyticsUnit.Money => ValueKind.Money, _ => ValueKind.Number,
    };

    public static string LabelOf(string metric) => AnalyticsMetrics.Find(metric)?.Label ?? metric;

    /// <summary>Whether more of it is better; null where neither is.</summary>
    public static bool? MoreIsBetter(string metric) => metric switch
    {
        AnalyticsMetrics.Executions or AnalyticsMetrics.Sampled or AnalyticsMetrics.Validated => null,
        _ => AnalyticsMetrics.Find(metric) is { } known ? !known.IsWorseUp : null,
    };

    /// <summary>The caller's environment is what analytics look at where nobody asks for others.</summary>
    private static IReadOnlyList<AnalyticsFilter> FiltersOf(SectionContext context) => context.Definition.Tasks.Count == 0
        ? []
        : [new AnalyticsFilter(AnalyticsDimensions.Task, AnalyticsOperator.In, [.. context.Definition.Tasks.Select(t => $"{t}")])];
}
