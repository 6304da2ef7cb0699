namespace Loopai.Core.Analytics;

/// <summary>Puts an answer together: the series that are shown, the others as one, and beside each what it was before.</summary>
internal sealed class AnalyticsAnswer(AnalyticsQuery query, AnalyticsLabels labels, AnalyticsCells asked, AnalyticsCells? before)
{
    private static readonly AnalyticsSum Nothing = new();

    public AnalyticsResult Of(IReadOnlyList<(string First, string Second)> shown, string currency)
    {
        var known = shown.ToHashSet();
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
            query.Metrics, query.Dimensions, asked.Plan.From, asked.Plan.To, query.Interval, query.TimeZone, asked.Buckets, series, Values(asked.All.Total),
            before?.Plan.From, before?.Plan.To, before is null ? null : Values(before.All.Total), currency, [.. asked.Plan.Notes]);
    }

    private AnalyticsValue[] KeyOf((string First, string Second) key) =>
    [
        .. query.Dimensions.Select((dimension, i) => i == 0 ? labels.Of(dimension, key.First, key.Second) : labels.Of(dimension, key.Second, key.First)),
    ];

    private AnalyticsSeries Series(AnalyticsValue[] key, bool isOther, AnalyticsCells.Row row, AnalyticsCells.Row? rowBefore) => new(
        key, isOther, Values(row.Total), Points(asked.Buckets, row), before is null ? null : Values(rowBefore?.Total ?? Nothing),
        before is null ? null : Points(before.Buckets, rowBefore), query.WithLatencies ? row.Total.Bins() : null);

    private AnalyticsPoint[] Points(IReadOnlyList<DateTimeOffset> starts, AnalyticsCells.Row? row) =>
        [.. starts.Select((start, i) => new AnalyticsPoint(start, Values(row?.Point(i) ?? Nothing)))];

    private decimal?[] Values(AnalyticsSum sum) => [.. query.Metrics.Select(sum.Value)];
}
