using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Loopai.Portal.Metrics;

/// <summary>One instrument and its series, one for each set of labels that was seen.</summary>
internal sealed class MetricFamily
{
    /// <summary>
    /// What comes beyond it is added up under the label <c>overflow</c>, so that no label can fill the memory. There are some 400 routes, each with a handful of statuses.
    /// </summary>
    public const int MaxSeries = 2000;

    private static readonly KeyValuePair<string, object?>[] Overflow = [new("overflow", "true")];
    private static readonly double[] Seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
    private static readonly double[] Counts = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

    private readonly ConcurrentDictionary<int, MetricSeries> _series = new();
    private readonly bool _isAbsolute;
    private readonly double[]? _bounds;

    public MetricFamily(Instrument instrument)
    {
        var kind = instrument.GetType().Name;
        _isAbsolute = instrument.IsObservable || kind.StartsWith("Gauge", StringComparison.Ordinal);
        _bounds = kind.StartsWith("Histogram", StringComparison.Ordinal) ? BoundsOf(instrument) : null;
        IsCounter = kind.StartsWith("Counter", StringComparison.Ordinal) || kind.StartsWith("ObservableCounter", StringComparison.Ordinal);
        Name = PrometheusText.NameOf(instrument.Name, instrument.Unit, IsCounter);
        Help = instrument.Description ?? "";
    }

    public string Name { get; }

    public string Help { get; }

    public bool IsCounter { get; }

    public bool IsHistogram => _bounds is not null;

    public IEnumerable<MetricSeries> Series => _series.Values;

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = Find(tags) ?? Find(Overflow, always: true)!;
        if (_isAbsolute)
        {
            series.Set(value);
        }
        else
        {
            series.Add(value);
        }
    }

    private MetricSeries? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags, bool always = false)
    {
        // The order of labels does not tell series apart, so neither may the hash.
        var hash = 0;
        foreach (var (name, value) in tags)
        {
            hash += HashCode.Combine(name, value);
        }

        for (; ; hash++)
        {
            if (_series.TryGetValue(hash, out var known))
            {
                if (known.Has(tags))
                {
                    return known;
                }
            }
            else if (!always && _series.Count >= MaxSeries)
            {
                return null;
            }
            else
            {
                _series.TryAdd(hash, new MetricSeries(tags.ToArray(), _bounds));
                hash--; // Looks at the same place again: another thread may have been first, with other labels.
            }
        }
    }

    private static double[] BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds],
        Histogram<int> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds.Select(b => (double)b)],
        Histogram<long> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds.Select(b => (double)b)],
        { Unit: "s" } => Seconds,
        _ => Counts,
    };
}

/// <summary>One set of labels and its figures.</summary>
internal sealed class MetricSeries(KeyValuePair<string, object?>[] tags, double[]? bounds)
{
    private readonly Lock _lock = new();
    private readonly long[] _buckets = new long[(bounds?.Length ?? 0) + 1];
    private double _value;

    public IReadOnlyList<KeyValuePair<string, object?>> Tags => tags;

    public bool Has(ReadOnlySpan<KeyValuePair<string, object?>> others)
    {
        if (others.Length != tags.Length)
        {
            return false;
        }

        foreach (var other in others)
        {
            if (!tags.Any(other, static (tag, o) => tag.Key == o.Key && Equals(tag.Value, o.Value)))
            {
                return false;
            }
        }

        return true;
    }

    public void Set(double value) => Volatile.Write(ref _value, value);

    public void Add(double value)
    {
        lock (_lock)
        {
            _value += value;
            if (bounds is not null)
            {
                var place = Array.BinarySearch(bounds, value);
                _buckets[place < 0 ? ~place : place]++;
            }
        }
    }

    /// <summary>The value of a counter or gauge, or the sum of a histogram, whose buckets are cumulative with the total last.</summary>
    public (double Value, IReadOnlyList<(double UpTo, long Count)> Buckets) Read()
    {
        lock (_lock)
        {
            if (bounds is null)
            {
                return (_value, []);
            }

            var seen = 0L;
            var buckets = new (double, long)[_buckets.Length];
            for (var i = 0; i < buckets.Length; i++)
            {
                seen += _buckets[i];
                buckets[i] = (i < bounds.Length ? bounds[i] : double.PositiveInfinity, seen);
            }

            return (_value, buckets);
        }
    }
}

internal static class TagSearch
{
    /// <summary>Like LINQ's, without a closure for every measurement.</summary>
    public static bool Any<TItem, TArgument>(this TItem[] items, TArgument argument, Func<TItem, TArgument, bool> matches)
    {
        foreach (var item in items)
        {
            if (matches(item, argument))
            {
                return true;
            }
        }

        return false;
    }
}
