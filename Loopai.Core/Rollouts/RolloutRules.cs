using Loopai.Core.Errors;

namespace Loopai.Core.Rollouts;

/// <summary>What a plan has to be like. Every fault is told at once, each with what to do.</summary>
internal static class RolloutRules
{
    private const int MaxStages = 20;
    private const int MaxMinutes = 60 * 24 * 90;
    private const int MaxUnits = 1_000_000_000;
    private const int MaxWindows = 20;

    public static void Check(RolloutPlan plan)
    {
        var errors = new FieldErrors();
        Check(plan, errors, "");
        errors.ThrowIfAny("rollout.invalid", "The rollout cannot be planned like this.");
    }

    /// <param name="plan">The plan.</param>
    /// <param name="errors">Where its faults are put.</param>
    /// <param name="within">What comes before the names of its fields, such as <c>rollout.</c>.</param>
    public static void Check(RolloutPlan plan, FieldErrors errors, string within)
    {
        if (!IsComplete(plan.Stages) || !IsComplete(plan.Guardrails) || !IsComplete(plan.Limits) || !IsComplete(plan.Windows))
        {
            errors.Add(within + "stages", "Leave out what is to be as usual: stages, guardrails, limits and windows are lists without null.");
            return;
        }

        errors
            .AddIf(plan.Stages.Count is < 1 or > MaxStages, within + "stages", $"A rollout has 1 to {MaxStages} stages.")
            .AddIf(plan.Stages.Count > 0 && plan.Stages[^1].Percent != 100, within + "stages", "The last stage is 100 percent.")
            .AddIf(!(plan.Alpha is >= 0.0001 and <= 0.2), within + "alpha", "The error rate is 0.0001 to 0.2; 0.05 is usual.")
            .AddIf(plan.Windows.Count > MaxWindows, within + "windows", $"A rollout has at most {MaxWindows} windows.");
        CheckStages(errors, plan.Stages, within);
        foreach (var (guardrail, i) in plan.Guardrails.Select((g, i) => (g, i)))
        {
            errors.AddIf(!(guardrail.Tolerance is >= 0 and <= 10) || (guardrail.Metric != RolloutMetric.LatencyP95 && guardrail.Tolerance > 1), $"{within}guardrails[{i}].tolerance",
                "A tolerance is a share: 0.01 is one percentage point more, and of latency 0.25 a quarter longer.");
            errors.AddIf(plan.Guardrails.Take(i).Any(g => g.Metric == guardrail.Metric), $"{within}guardrails[{i}].metric", "This is watched already.");
        }

        foreach (var (limit, i) in plan.Limits.Select((l, i) => (l, i)))
        {
            errors.AddIf(!(limit.Share is > 0 and < 1), $"{within}limits[{i}].share", "A limit is a share between 0 and 1, such as 0.2.");
            errors.AddIf(limit.Metric is RolloutMetric.LatencyP95 or RolloutMetric.Accuracy, $"{within}limits[{i}].metric", "Hard limits are set on errors, timeouts and invalid outputs.");
            errors.AddIf(plan.Limits.Take(i).Any(l => l.Metric == limit.Metric), $"{within}limits[{i}].metric", "This is limited already.");
        }

        foreach (var (window, i) in plan.Windows.Take(MaxWindows).Select((w, i) => (w, i)))
        {
            errors.AddIf(window.From == window.Until, $"{within}windows[{i}]", "A window ends at another time than it begins.");
        }
    }

    /// <summary>What was read from JSON may hold null whatever its type says.</summary>
    private static bool IsComplete<T>(IReadOnlyList<T>? list)
        where T : class => list?.All(item => item is not null) == true;

    private static void CheckStages(FieldErrors errors, IReadOnlyList<RolloutStage> stages, string within)
    {
        foreach (var (stage, i) in stages.Take(MaxStages).Select((s, i) => (s, i)))
        {
            errors.AddIf(
                !(stage.Percent is >= 0.01 and <= 100) || Math.Abs((stage.Percent * 100) - Math.Round(stage.Percent * 100)) > 1e-6, $"{within}stages[{i}].percent",
                "A stage is 0.01 to 100 percent, in steps of 0.01.");
            errors.AddIf(i > 0 && stage.Percent <= stages[i - 1].Percent, $"{within}stages[{i}].percent", "Every stage is greater than the one before.");
            errors.AddIf(stage.LeastMinutes is < 0 or > MaxMinutes, $"{within}stages[{i}].leastMinutes", $"A stage lasts 0 to {MaxMinutes} minutes at least.");
            errors.AddIf(stage.LeastUnits is < 0 or > MaxUnits, $"{within}stages[{i}].leastUnits", $"A stage waits for 0 to {MaxUnits} units.");
        }
    }
}
