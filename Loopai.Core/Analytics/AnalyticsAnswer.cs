namespace Loopai.Core.Analytics;

/// <summary>Puts an answer together: the series that are shown, the others as one, and beside each what it was before.</summary>
internal sealed class AnalyticsAnswer(AnalyticsQuery query, AnalyticsLabels labels, AnalyticsCells asked, AnalyticsCells? before)
{
    private static readonly AnalyticsSum Nothing = new();

    private bool _isOneTask;

    public AnalyticsResult Of(IReadOnlyList<(string First, string Second)> shown, string currency)
    {
        var known = shown.ToHashSet();
        _isOneTask = query.SplitsVersionsByTask && asked.Keys.Select(TaskOf).Distinct(StringComparer.Ordinal).Take(2).Count() == 1;
        List<AnalyticsSeries> series = [];
        if (query.Dimensions.Count == 0)
        {
            series.Add(Series([], isOther: false, asked.All, before?.All));
        }
        else
        {
            series.AddRange(shown.Select(key => Series(KeyOf(key), isOther: false, asked.Find(key)!, before?.Find(key))));
            if (asked.Rest(known) is { } rest)
            {
                series.Add(Series([], isOther: true, rest, before?.Rest(known)));
            }
        }

        return new AnalyticsResult(
            query.Metrics, [.. query.Dimensions.SelectMany(DimensionsOf)], asked.Plan.From, asked.Plan.To, query.Interval, query.TimeZone, asked.Buckets, series, Values(asked.All.Total),
            before?.Plan.From, before?.Plan.To, before is null ? null : Values(before.All.Total), currency, [.. asked.Plan.Notes]);
    }

    private string TaskOf((string First, string Second) key) => TaskVersion.Parse(query.Dimensions[0] == AnalyticsDimensions.Version ? key.First : key.Second).Task;

    private IEnumerable<string> DimensionsOf(string dimension) =>
        dimension == AnalyticsDimensions.Version && query.SplitsVersionsByTask ? [AnalyticsDimensions.Task, dimension] : [dimension];

    private AnalyticsValue[] KeyOf((string First, string Second) key) =>
        [.. query.Dimensions.SelectMany((dimension, i) => i == 0 ? ValuesOf(dimension, key.First, key.Second) : ValuesOf(dimension, key.Second, key.First))];

    private AnalyticsValue[] ValuesOf(string dimension, string value, string other)
    {
        if (dimension != AnalyticsDimensions.Version || !query.SplitsVersionsByTask)
        {
            return [labels.Of(dimension, value, other)];
        }

        var (task, version) = TaskVersion.Parse(value);
        return [labels.Of(AnalyticsDimensions.Task, task, ""), labels.Of(dimension, version, "")];
    }

    private AnalyticsSeries Series(AnalyticsValue[] key, bool isOther, AnalyticsCells.Row row, AnalyticsCells.Row? rowBefore) => new(
        key, isOther, Values(row.Total), Points(asked.Buckets, row), before is null ? null : Values(rowBefore?.Total ?? Nothing),
        before is null ? null : Points(before.Buckets, rowBefore), query.WithLatencies ? row.Total.Bins() : null) { IsOfTheOnlyTask = _isOneTask };

    private AnalyticsPoint[] Points(IReadOnlyList<DateTimeOffset> starts, AnalyticsCells.Row? row) =>
        [.. starts.Select((start, i) => new AnalyticsPoint(start, Values(row?.Point(i) ?? Nothing)))];

    private decimal?[] Values(AnalyticsSum sum) => [.. query.Metrics.Select(sum.Value)];
}
