using System.Globalization;

namespace Loopai.Core.Rollouts;

/// <summary>How a rollout reads.</summary>
public static class RolloutWords
{
    public static string Share(double percent) => percent.ToString("0.##", CultureInfo.InvariantCulture) + " %";

    /// <summary>The metric's name, as a heading.</summary>
    public static string Of(RolloutMetric metric) => metric switch
    {
        RolloutMetric.Errors => "Errors",
        RolloutMetric.Timeouts => "Timeouts",
        RolloutMetric.InvalidOutputs => "Invalid outputs",
        RolloutMetric.LatencyP95 => "Latency, p95",
        RolloutMetric.Accuracy => "Wrong answers",
    };

    internal static string Ended(RolloutMetric metric) => metric switch
    {
        RolloutMetric.Errors => "ended in an error",
        RolloutMetric.Timeouts => "took too long",
        RolloutMetric.InvalidOutputs => "gave an answer that does not fit the output schema",
        RolloutMetric.LatencyP95 => "were slow",
        RolloutMetric.Accuracy => "were wrong",
    };

    internal static string Hurt(GateReading gate) => gate.Metric == RolloutMetric.LatencyP95
        ? $"{Percent(gate.Candidate)} of the new version's executions are above the latency line that a twentieth may pass, against {Percent(gate.Control)} of the old version's."
        : $"{Of(gate.Metric)}: {Percent(gate.Candidate)} with the new version against {Percent(gate.Control)}; that is worse by at least {Percent(gate.AtLeast)}, and {Percent(gate.Tolerance)} is tolerated.";

    internal static string Doubt(RolloutMetric metric) => metric switch
    {
        RolloutMetric.Errors => "more executions fail",
        RolloutMetric.Timeouts => "more executions take too long",
        RolloutMetric.InvalidOutputs => "more answers are invalid",
        RolloutMetric.LatencyP95 => "it is slower",
        RolloutMetric.Accuracy => "more answers are wrong",
    };

    private static string Percent(double? share) => ((share ?? 0) * 100).ToString("0.##", CultureInfo.InvariantCulture) + " %";
}
