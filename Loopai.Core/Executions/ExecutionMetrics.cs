using System.Diagnostics.Metrics;

namespace Loopai.Core.Executions;

/// <summary>What an operator watches of the hot path. Nothing in it names a tenant.</summary>
internal static class ExecutionMetrics
{
    private static readonly Meter Meter = new("Loopai");

    private static readonly Counter<long> Executions = Meter.CreateCounter<long>("loopai.executions", "{execution}", "Executions on record, by how they ended.");

    private static readonly UpDownCounter<long> Queue =
        Meter.CreateUpDownCounter<long>("loopai.executions.queued", "{execution}", "Executions that wait for their commit.");

    private static readonly Histogram<int> CommitSize = Meter.CreateHistogram<int>(
        "loopai.commit.size", "{execution}", "Executions in one commit.", null, new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] });

    private static readonly Histogram<double> CommitTime = Meter.CreateHistogram<double>(
        "loopai.commit.duration", "s", "How long one commit took.", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5] });

    private static readonly Counter<long> Failures = Meter.CreateCounter<long>("loopai.commit.failures", "{commit}", "Commits that the database did not take.");

    private static readonly KeyValuePair<string, object?>[] Status =
        [.. Enum.GetValues<ExecutionStatus>().Select(s => new KeyValuePair<string, object?>("status", System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(s.ToString())))];

    public static void Queued() => Queue.Add(1);

    public static void Taken(int count) => Queue.Add(-count);

    public static void Committed(IReadOnlyList<Execution> executions, TimeSpan took)
    {
        CommitSize.Record(executions.Count);
        CommitTime.Record(took.TotalSeconds);
        if (!Executions.Enabled)
        {
            return;
        }

        Span<int> counts = stackalloc int[Status.Length];
        foreach (var execution in executions)
        {
            counts[(int)execution.Status]++;
        }

        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] > 0)
            {
                Executions.Add(counts[i], Status[i]);
            }
        }
    }

    public static void Failed() => Failures.Add(1);
}
