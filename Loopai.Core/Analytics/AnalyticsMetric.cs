namespace Loopai.Core.Analytics;

/// <summary>Something that can be asked for.</summary>
/// <param name="Name">As queries say it.</param>
/// <param name="Label">As people say it.</param>
/// <param name="Unit">What it is counted in.</param>
/// <param name="Formula">How it is found.</param>
/// <param name="Needs">What has to be read for it.</param>
/// <param name="IsSum">Whether parts add up to the whole, so that it can be stacked.</param>
/// <param name="IsWorseUp">Whether more of it is worse.</param>
public sealed record AnalyticsMetric(
    string Name, string Label, AnalyticsUnit Unit, string Formula, AnalyticsNeeds Needs = AnalyticsNeeds.Executions, bool IsSum = false, bool IsWorseUp = false);

/// <summary>What a metric is counted in.</summary>
public enum AnalyticsUnit
{
    Count,

    /// <summary>0..1.</summary>
    Share,

    Milliseconds,

    /// <summary>The organization's currency.</summary>
    Money,
}

/// <summary>What has to be read for a metric.</summary>
[Flags]
public enum AnalyticsNeeds
{
    Executions = 1,
    Histogram = 2,
    Verdicts = 4,
}

/// <summary>Everything that can be asked for.</summary>
public static class AnalyticsMetrics
{
    public const string Executions = "executions";
    public const string Succeeded = "succeeded";
    public const string Errors = "errors";
    public const string Timeouts = "timeouts";
    public const string InvalidOutputs = "invalidOutputs";
    public const string ErrorRate = "errorRate";
    public const string Sampled = "sampled";
    public const string Validated = "validated";
    public const string Matched = "matched";
    public const string Accuracy = "accuracy";
    public const string AccuracyLow = "accuracyLow";
    public const string AccuracyHigh = "accuracyHigh";
    public const string LatencyMeanMs = "latencyMeanMs";
    public const string LatencyP50Ms = "latencyP50Ms";
    public const string LatencyP90Ms = "latencyP90Ms";
    public const string LatencyP95Ms = "latencyP95Ms";
    public const string LatencyP99Ms = "latencyP99Ms";
    public const string Cost = "cost";
    public const string CostPerExecution = "costPerExecution";
    public const string CostPerCorrect = "costPerCorrect";
    public const string Unpriced = "unpriced";

    public static readonly IReadOnlyList<AnalyticsMetric> All =
    [
        new(Executions, "Executions", AnalyticsUnit.Count, "All runs, shadows excepted", IsSum: true),
        new(Succeeded, "Succeeded", AnalyticsUnit.Count, "Runs that ended in an answer", IsSum: true),
        new(Errors, "Errors", AnalyticsUnit.Count, "Runs that did not: errors, timeouts and invalid outputs", IsSum: true, IsWorseUp: true),
        new(Timeouts, "Timeouts", AnalyticsUnit.Count, "Runs that took too long", IsSum: true, IsWorseUp: true),
        new(InvalidOutputs, "Invalid outputs", AnalyticsUnit.Count, "Answers that do not fit the output schema", IsSum: true, IsWorseUp: true),
        new(ErrorRate, "Error rate", AnalyticsUnit.Share, "errors / executions", IsWorseUp: true),
        new(Sampled, "Sampled", AnalyticsUnit.Count, "Runs that were chosen to be checked", IsSum: true),
        new(Validated, "Verdicts", AnalyticsUnit.Count, "Verdicts that the accuracy rests on", AnalyticsNeeds.Verdicts, IsSum: true),
        new(Matched, "Right answers", AnalyticsUnit.Count, "Verdicts that the answer was right", AnalyticsNeeds.Verdicts, IsSum: true),
        new(Accuracy, "Accuracy", AnalyticsUnit.Share, "Σ(right/p) / Σ(1/p) over verdicts, p the probability with which each was chosen", AnalyticsNeeds.Verdicts),
        new(AccuracyLow, "Accuracy, low", AnalyticsUnit.Share, "Lower end of Wilson's 95 % interval on the effective sample size", AnalyticsNeeds.Verdicts),
        new(AccuracyHigh, "Accuracy, high", AnalyticsUnit.Share, "Upper end of Wilson's 95 % interval on the effective sample size", AnalyticsNeeds.Verdicts),
        new(LatencyMeanMs, "Mean latency", AnalyticsUnit.Milliseconds, "Time in programs / executions", IsWorseUp: true),
        new(LatencyP50Ms, "Latency p50", AnalyticsUnit.Milliseconds, "Median of the merged histograms, within 1 %", AnalyticsNeeds.Histogram, IsWorseUp: true),
        new(LatencyP90Ms, "Latency p90", AnalyticsUnit.Milliseconds, "90th percentile of the merged histograms, within 1 %", AnalyticsNeeds.Histogram, IsWorseUp: true),
        new(LatencyP95Ms, "Latency p95", AnalyticsUnit.Milliseconds, "95th percentile of the merged histograms, within 1 %", AnalyticsNeeds.Histogram, IsWorseUp: true),
        new(LatencyP99Ms, "Latency p99", AnalyticsUnit.Milliseconds, "99th percentile of the merged histograms, within 1 %", AnalyticsNeeds.Histogram, IsWorseUp: true),
        new(Cost, "Cost", AnalyticsUnit.Money, "Σ of the costs of executions that have a price", IsSum: true, IsWorseUp: true),
        new(CostPerExecution, "Cost per execution", AnalyticsUnit.Money, "cost / (executions − unpriced)", IsWorseUp: true),
        new(CostPerCorrect, "Cost per correct answer", AnalyticsUnit.Money, "costPerExecution / accuracy", AnalyticsNeeds.Verdicts, IsWorseUp: true),
        new(Unpriced, "Unpriced", AnalyticsUnit.Count, "Executions for which no price is known", IsSum: true, IsWorseUp: true),
    ];

    private static readonly Dictionary<string, AnalyticsMetric> ByName = All.ToDictionary(m => m.Name, StringComparer.Ordinal);

    public static AnalyticsMetric? Find(string name) => ByName.GetValueOrDefault(name);
}
