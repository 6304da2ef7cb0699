namespace Loopai.Core.Analytics;

/// <summary>What was read of one range, by series and point.</summary>
internal sealed class AnalyticsCells
{
    private readonly Dictionary<(string First, string Second), Row> _rows = [];

    private AnalyticsCells(AnalyticsPlan plan, IReadOnlyList<DateTimeOffset> buckets)
    {
        Plan = plan;
        Buckets = buckets;
        All = new Row(buckets.Count);
    }

    public AnalyticsPlan Plan { get; }

    public IReadOnlyList<DateTimeOffset> Buckets { get; }

    /// <summary>Everything.</summary>
    public Row All { get; }

    public static AnalyticsCells Of(AnalyticsPlan plan, List<DateTimeOffset> buckets, Dictionary<AnalyticsPlace, AnalyticsSum> sums)
    {
        var cells = new AnalyticsCells(plan, buckets);
        foreach (var (place, sum) in sums)
        {
            // By its middle: a roll-up that fits lies in one point whole, and one that is too wide goes where most of it does.
            var at = buckets.BinarySearch(place.StartsAt.AddTicks(place.Width / 2));
            var index = buckets.Count == 0 ? -1 : Math.Max(0, at >= 0 ? at : ~at - 1);
            if (!cells._rows.TryGetValue((place.First, place.Second), out var row))
            {
                cells._rows[(place.First, place.Second)] = row = new Row(buckets.Count);
            }

            row.Add(index, sum);
            cells.All.Add(index, sum);
        }

        return cells;
    }

    public IReadOnlyCollection<(string First, string Second)> Keys => _rows.Keys;

    public Row? Find((string First, string Second) key) => _rows.GetValueOrDefault(key);

    /// <summary>The series that are shown, best first.</summary>
    public IReadOnlyList<(string First, string Second)> Ranked(AnalyticsQuery query) =>
    [
        .. _rows.OrderByDescending(r => r.Value.Total.Value(query.Metrics[0]) ?? decimal.MinValue).ThenByDescending(r => r.Value.Total.Executions)
            .ThenBy(r => r.Key.First, StringComparer.Ordinal).ThenBy(r => r.Key.Second, StringComparer.Ordinal)
            .Select(r => r.Key).Take(query.Top ?? AnalyticsRules.MostSeries),
    ];

    /// <summary>All that is not among these, added up; null where that is nothing.</summary>
    public Row? Rest(IReadOnlyCollection<(string First, string Second)> shown)
    {
        var others = _rows.Where(r => !shown.Contains(r.Key)).Select(r => r.Value).ToList();
        if (others.Count == 0)
        {
            return null;
        }

        var rest = new Row(Buckets.Count);
        foreach (var other in others)
        {
            rest.Add(other);
        }

        return rest;
    }

    /// <summary>One series.</summary>
    internal sealed class Row(int points)
    {
        private readonly AnalyticsSum?[] _points = new AnalyticsSum?[points];

        public AnalyticsSum Total { get; } = new();

        public AnalyticsSum Point(int index) => index < _points.Length && _points[index] is { } sum ? sum : Nothing;

        public void Add(int index, AnalyticsSum sum)
        {
            Total.Add(sum);
            if (index >= 0)
            {
                (_points[index] ??= new AnalyticsSum()).Add(sum);
            }
        }

        public void Add(Row other)
        {
            Total.Add(other.Total);
            for (var i = 0; i < _points.Length; i++)
            {
                if (other._points[i] is { } sum)
                {
                    (_points[i] ??= new AnalyticsSum()).Add(sum);
                }
            }
        }

        private static readonly AnalyticsSum Nothing = new();
    }
}
