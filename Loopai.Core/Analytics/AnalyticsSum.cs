using Loopai.Core.Executions;
using Loopai.Core.Validation;

namespace Loopai.Core.Analytics;

/// <summary>What a cell of an answer adds up to. Only sums and histograms are added, so every ratio and percentile of a sum is that of the whole.</summary>
internal sealed class AnalyticsSum
{
    private LatencyHistogram? _latencies;

    public long Executions { get; set; }

    public long Errors { get; set; }

    public long Timeouts { get; set; }

    public long InvalidOutputs { get; set; }

    public long Sampled { get; set; }

    public long LatencySumUs { get; set; }

    public decimal Cost { get; set; }

    public long Unpriced { get; set; }

    public long Validated { get; set; }

    public long Matched { get; set; }

    public decimal Weights { get; set; }

    public decimal MatchedWeights { get; set; }

    public decimal SquaredWeights { get; set; }

    private long Failed => Errors + Timeouts + InvalidOutputs;

    public long Of(ExecutionStatus status) => status switch
    {
        ExecutionStatus.Success => Executions - Failed,
        ExecutionStatus.Error => Errors,
        ExecutionStatus.Timeout => Timeouts,
        ExecutionStatus.InvalidOutput => InvalidOutputs,
    };

    /// <param name="latencies">One histogram, or several that are joined; null for none.</param>
    public void Add(byte[]? latencies)
    {
        if (latencies is { Length: > 0 })
        {
            (_latencies ??= new LatencyHistogram()).AddEncoded(latencies);
        }
    }

    public void Add(AnalyticsSum other)
    {
        Executions += other.Executions;
        Errors += other.Errors;
        Timeouts += other.Timeouts;
        InvalidOutputs += other.InvalidOutputs;
        Sampled += other.Sampled;
        LatencySumUs += other.LatencySumUs;
        Cost += other.Cost;
        Unpriced += other.Unpriced;
        Validated += other.Validated;
        Matched += other.Matched;
        Weights += other.Weights;
        MatchedWeights += other.MatchedWeights;
        SquaredWeights += other.SquaredWeights;
        if (other._latencies is { } latencies)
        {
            (_latencies ??= new LatencyHistogram()).Add(latencies);
        }
    }

    /// <summary>Null where there is nothing to tell it from.</summary>
    public decimal? Value(string metric) => metric switch
    {
        AnalyticsMetrics.Executions => Executions,
        AnalyticsMetrics.Succeeded => Executions - Failed,
        AnalyticsMetrics.Errors => Failed,
        AnalyticsMetrics.Timeouts => Timeouts,
        AnalyticsMetrics.InvalidOutputs => InvalidOutputs,
        AnalyticsMetrics.ErrorRate => Ratio(Failed, Executions),
        AnalyticsMetrics.Sampled => Sampled,
        AnalyticsMetrics.Validated => Validated,
        AnalyticsMetrics.Matched => Matched,
        AnalyticsMetrics.Accuracy => Accuracy,
        AnalyticsMetrics.AccuracyLow => AccuracyInterval is { } interval ? Number(interval.Low) : null,
        AnalyticsMetrics.AccuracyHigh => AccuracyInterval is { } interval ? Number(interval.High) : null,
        AnalyticsMetrics.LatencyMeanMs => Ratio(LatencySumUs, Executions * 1000m),
        AnalyticsMetrics.LatencyP50Ms => QuantileMs(0.5),
        AnalyticsMetrics.LatencyP90Ms => QuantileMs(0.9),
        AnalyticsMetrics.LatencyP95Ms => QuantileMs(0.95),
        AnalyticsMetrics.LatencyP99Ms => QuantileMs(0.99),
        AnalyticsMetrics.Cost => Unpriced < Executions ? Cost : null,
        AnalyticsMetrics.CostPerExecution => CostPerExecution,
        AnalyticsMetrics.CostPerCorrect => Accuracy is > 0 and var accuracy ? CostPerExecution / accuracy : null,
        AnalyticsMetrics.Unpriced => Unpriced,
        _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "There is no such metric."),
    };

    /// <summary>How latencies are spread, in bins that grow by about a fifth each.</summary>
    public IReadOnlyList<LatencyBin> Bins()
    {
        const double Step = 1.2;
        var bins = new SortedDictionary<int, long>();
        foreach (var (upperUs, count) in _latencies?.Buckets() ?? [])
        {
            // The bucket's middle: its upper bound may be a bin's own.
            var bin = (int)Math.Floor(Math.Log(upperUs / 1.01) / Math.Log(Step));
            bins[bin] = bins.GetValueOrDefault(bin) + count;
        }

        return bins.Count == 0
            ? []
            : [.. Enumerable.Range(bins.First().Key, bins.Last().Key - bins.First().Key + 1)
                .Select(bin => new LatencyBin(Math.Pow(Step, bin) / 1000, Math.Pow(Step, bin + 1) / 1000, bins.GetValueOrDefault(bin)))];
    }

    private WeightedShare Share => new((double)Weights, (double)MatchedWeights, (double)SquaredWeights);

    private decimal? Accuracy => Validated > 0 && Weights > 0 ? Math.Clamp(MatchedWeights / Weights, 0, 1) : null;

    private Interval? AccuracyInterval => Validated > 0 ? Share.Interval : null;

    private decimal? CostPerExecution => Ratio(Cost, Executions - Unpriced);

    private decimal? QuantileMs(double share) => _latencies?.Quantile(share) is { } us ? Number(us / 1000) : null;

    private static decimal? Ratio(decimal part, decimal whole) => whole > 0 ? part / whole : null;

    private static decimal Number(double value) => (decimal)value;
}
