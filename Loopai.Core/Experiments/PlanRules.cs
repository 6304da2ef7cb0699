using Loopai.Core.Errors;
using Loopai.Core.Rollouts;

namespace Loopai.Core.Experiments;

/// <summary>What the statistical part of an experiment has to keep to.</summary>
internal static class PlanRules
{
    public static void Check(Experiment experiment, FieldErrors errors)
    {
        CheckMetrics(experiment, errors);
        var plan = experiment.Plan;
        errors
            .AddIf(!(plan.Alpha is >= 0.0001 and <= 0.5), "plan.alpha", "Alpha is 0.0001 to 0.5: 0.05 for one false finding in twenty.")
            .AddIf(!(plan.Power is >= 0.5 and <= 0.999), "plan.power", "Power is 0.5 to 0.999: 0.8 finds a real effect four times in five.")
            .AddIf(plan.TargetUnits is not (null or (>= 2 and <= 1_000_000_000_000)), "plan.targetUnits", "Planned units are 2 or more.")
            .AddIf(!(plan.MinDays is >= 0 and <= 365), "plan.minDays", "The least duration is 0 to 365 days.")
            .AddIf(plan.MaxDays is not (null or (> 0 and <= 3650)), "plan.maxDays", "The longest duration is more than 0 and at most 3,650 days.")
            .AddIf(plan.MaxDays < plan.MinDays, "plan.maxDays", "The longest duration is not shorter than the least.")
            .AddIf(plan.CupedDays is < 1 or > 90, "plan.cupedDays", "1 to 90 days before the start count.")
            .AddIf(plan.PostStratify && experiment.Segments.Count == 0, "plan.postStratify", "Effects are weighted by segments: name at least one.")
            .AddIf(
                plan is { Method: StatisticalMethod.FixedHorizon, TargetUnits: null, MaxDays: null }, "plan.targetUnits",
                "A fixed-horizon test is read once: say after how many units, or after how many days.");
        if (experiment.AutomaticWinner is { } winner)
        {
            errors
                .AddIf(!(winner.CoolDownHours is >= 0 and <= 720), "automaticWinner.coolDownHours", "The cool-down is 0 to 720 hours.")
                .AddIf(
                    plan.Method == StatisticalMethod.Bayesian, "automaticWinner",
                    "A winner acts by itself only under stated error control: choose the sequential or the fixed-horizon method.");
            if (winner.Rollout is { } rollout)
            {
                RolloutRules.Check(rollout, errors, "automaticWinner.rollout.");
            }
        }

        if (experiment.Breaker is { } breaker)
        {
            errors
                .AddIf(!(breaker.MaxFailureRate is > 0 and <= 1), "breaker.maxFailureRate", "The failures that are allowed are more than 0 and at most 1: 0.2 for 20 %.")
                .AddIf(breaker.MinExecutions is < 1 or > 1_000_000, "breaker.minExecutions", "A variant is judged by 1 to 1,000,000 executions.");
        }
    }

    private static void CheckMetrics(Experiment experiment, FieldErrors errors)
    {
        errors
            .AddIf(experiment.Metrics.Count > ExperimentRules.MaxMetrics, "metrics", $"An experiment watches at most {ExperimentRules.MaxMetrics} metrics.")
            .AddIf(
                experiment.Metrics.DistinctBy(m => (m.Metric, m.Role)).Count() != experiment.Metrics.Count, "metrics", "Each metric is named once in a role.");
        foreach (var (metric, i) in experiment.Metrics.Select((m, i) => (m, i)))
        {
            errors
                .AddIf(string.IsNullOrWhiteSpace(metric.Metric), $"metrics[{i}].metric", "Name the metric by its key.")
                .AddIf(metric.MinimumEffect is not (null or (> 0 and <= 10)), $"metrics[{i}].minimumEffect", "The smallest effect that matters is a relative change of more than 0 and at most 10: 0.01 for 1 %.");
        }
    }
}
