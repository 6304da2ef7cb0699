using Loopai.Core.Rollouts;

namespace Loopai.Core.Experiments;

/// <summary>How an experiment is judged. Frozen at its start.</summary>
public sealed record AnalysisPlan
{
    public static readonly AnalysisPlan Default = new();

    public StatisticalMethod Method { get; init; } = StatisticalMethod.Sequential;

    /// <summary>How often a difference may be seen where there is none: 0.05 for one time in twenty.</summary>
    public double Alpha { get; init; } = 0.05;

    public Correction Correction { get; init; } = Correction.Holm;

    /// <summary>How often the smallest effect that matters is to be found where it is.</summary>
    public double Power { get; init; } = 0.8;

    /// <summary>Units over all variants after which a fixed-horizon test is read, and around which a sequential one is tuned; null until somebody says.</summary>
    public long? TargetUnits { get; init; }

    /// <summary>No decision is made of fewer days: weekdays differ.</summary>
    public double MinDays { get; init; } = 1;

    /// <summary>How long it is meant to run at most; null for no limit.</summary>
    public double? MaxDays { get; init; }

    /// <summary>Whether what units did before is used to see smaller effects.</summary>
    public bool Cuped { get; init; }

    /// <summary>How many days before the start count for that.</summary>
    public int CupedDays { get; init; } = 14;

    /// <summary>Whether effects are weighted by the segments' shares.</summary>
    public bool PostStratify { get; init; }
}

/// <summary>Which statistics judge.</summary>
public enum StatisticalMethod
{
    /// <summary>Always valid: may be looked at and acted upon at any time.</summary>
    Sequential,

    /// <summary>Read once, when the planned units are there.</summary>
    FixedHorizon,

    /// <summary>Chance to win and expected loss, without a prior opinion.</summary>
    Bayesian,
}

/// <summary>How several comparisons are kept from finding something by chance.</summary>
public enum Correction
{
    /// <summary>Holm: the chance of even one false finding stays below alpha.</summary>
    Holm,

    /// <summary>Benjamini–Hochberg: the share of false ones among the findings stays below alpha.</summary>
    BenjaminiHochberg,

    None,
}

/// <summary>A metric that an experiment watches.</summary>
/// <param name="Metric">The metric's key.</param>
/// <param name="Role">What it is watched for.</param>
/// <param name="MinimumEffect">The smallest relative change that matters here; null for the metric's own.</param>
public sealed record ChosenMetric(string Metric, MetricRole Role, double? MinimumEffect = null);

/// <summary>What a metric is watched for.</summary>
public enum MetricRole
{
    /// <summary>Decides.</summary>
    Goal,

    /// <summary>Is told.</summary>
    Secondary,

    /// <summary>Must not get worse.</summary>
    Guardrail,
}

/// <summary>A winner acts by itself.</summary>
/// <param name="CoolDownHours">How long it has to stay the winner before it does.</param>
/// <param name="Rollout">By which stages its version goes into service; null for at once.</param>
public sealed record AutomaticWinner(double CoolDownHours = 24, RolloutPlan? Rollout = null);

/// <summary>When an experiment is taken back to its control at once.</summary>
/// <param name="MaxFailureRate">The share of a variant's executions that may fail: errors, timeouts and invalid outputs.</param>
/// <param name="MinExecutions">A variant is not judged by fewer.</param>
/// <param name="OnGuardrail">Whether a guardrail that is hurt trips it too.</param>
public sealed record CircuitBreaker(double MaxFailureRate = 0.2, int MinExecutions = 50, bool OnGuardrail = true);
