using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Experiments.Metrics;
using Loopai.Core.Programs;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Experiments;

/// <summary>What only the database can say about an experiment: whether its versions, metrics and holdout are there.</summary>
internal static class ExperimentChecks
{
    /// <summary>Collects every fault, and answers with the plan as it would be frozen now. What a metric measures stays what it was at the start.</summary>
    public static async Task<FrozenPlan> CheckAsync(this LoopaiDbContext db, Experiment experiment, FieldErrors errors, CancellationToken ct)
    {
        ExperimentRules.Check(experiment, errors);
        await CheckVersionsAsync(db, experiment, errors, ct);
        var holdout = experiment.HoldoutId is { } id ? await db.Holdouts.AsNoTracking().FirstOrDefaultAsync(h => h.Id == id, ct) : null;
        errors.AddIf(experiment.HoldoutId is not null && holdout is null, "holdoutId", $"There is no holdout {experiment.HoldoutId} in this organization.");
        return FrozenPlan.Of(experiment, await MetricsAsync(db, experiment, errors, ct), holdout);
    }

    private static async Task CheckVersionsAsync(LoopaiDbContext db, Experiment experiment, FieldErrors errors, CancellationToken ct)
    {
        var named = experiment.Variants.Select(v => v.Version).Distinct().ToList();
        var there = await db.Programs.Where(p => p.TaskId == experiment.TaskId && named.Contains(p.Version)).Select(p => new { p.Version, p.Status }).ToDictionaryAsync(p => p.Version, p => p.Status, ct);
        for (var i = 0; i < experiment.Variants.Count; i++)
        {
            var version = experiment.Variants[i].Version;
            errors.AddIf(
                i > 0 && experiment is { AutomaticWinner: not null, StartedAt: null } && !experiment.Variants[i].Shadow && there.GetValueOrDefault(version, ProgramStatus.Active) == ProgramStatus.Draft,
                $"variants[{i}].version", $"Version {version} is a draft, and no draft goes into service by itself. Mend it in a new version, or decide by hand.");
            errors.AddIf(version >= 1 && !there.ContainsKey(version), $"variants[{i}].version", $"The task has no version {version}. A variant is a version of the experiment's own task.");
        }
    }

    private static async Task<IReadOnlyList<PlannedMetric>> MetricsAsync(LoopaiDbContext db, Experiment experiment, FieldErrors errors, CancellationToken ct)
    {
        var keys = experiment.Metrics.Select(m => m.Metric).ToList();
        var frozen = experiment.FrozenPlan is { } plan
            ? FrozenPlan.Parse(plan).Metrics.Select(m => m.Definition).DistinctBy(d => d.Key).ToDictionary(d => d.Key, StringComparer.Ordinal) : [];
        var defined = await db.Metrics.AsNoTracking().Where(m => keys.Contains(m.Key)).ToDictionaryAsync(m => m.Key, StringComparer.Ordinal, ct);
        var planned = new List<PlannedMetric>(keys.Count);
        for (var i = 0; i < keys.Count; i++)
        {
            var (chosen, own) = (experiment.Metrics[i], defined.GetValueOrDefault(keys[i]));
            errors.AddIf(
                own?.ArchivedAt is not null && experiment.StartedAt is null, $"metrics[{i}].metric", $"The metric '{chosen.Metric}' is archived. Choose another, or restore it.");
            if ((frozen.GetValueOrDefault(chosen.Metric) ?? BuiltInMetrics.Find(chosen.Metric) ?? own?.Definition) is { } definition)
            {
                planned.Add(new PlannedMetric(chosen.Role, chosen.MinimumEffect ?? definition.MinimumEffect, definition));
            }
            else if (!string.IsNullOrWhiteSpace(chosen.Metric))
            {
                errors.Add($"metrics[{i}].metric", $"There is no metric '{chosen.Metric}'. Define it first, or take one of {string.Join(", ", BuiltInMetrics.All.Select(m => m.Key))}.");
            }
        }

        return planned;
    }
}
