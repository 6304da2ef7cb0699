using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Programs;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Experiments;

/// <summary>What somebody should know before an experiment starts, though it does not keep it from starting.</summary>
public sealed class ExperimentReview(LoopaiData data, TimeProvider time)
{
    private static readonly TimeSpan RecentTraffic = TimeSpan.FromDays(7);

    /// <summary>Looks at the experiment beside the others of its environment, and at its task's traffic.</summary>
    public async Task<IReadOnlyList<ExperimentWarning>> ReviewAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.DemandOnTasks(Permissions.ExperimentsRead);
        await using var db = await data.OpenAsync(caller, ct);
        var experiment = await db.FindExperimentAsync(caller, Permissions.ExperimentsRead, id, tracked: false, ct);
        return await WarningsAsync(db, experiment, time.GetUtcNow(), ct);
    }

    internal static async Task<IReadOnlyList<ExperimentWarning>> WarningsAsync(LoopaiDbContext db, Experiment experiment, DateTimeOffset now, CancellationToken ct)
    {
        var warnings = new List<ExperimentWarning>();
        var others = await Others(db, experiment).Where(e => e.TaskId == experiment.TaskId).ToListAsync(ct);
        warnings.AddRange(others.Where(other => !AreApart(experiment, other)).Select(other => new ExperimentWarning("overlap", Overlap(other), other.Id)));
        warnings.AddRange(await RolloutsAsync(db, experiment, ct));
        warnings.AddRange(await DraftsAsync(db, experiment, ct));

        var active = await db.Tasks.Where(t => t.Id == experiment.TaskId).Select(t => t.ActiveVersion).FirstOrDefaultAsync(ct);
        if (experiment.Variants.Count > 0 && active != experiment.Variants[0].Version)
        {
            warnings.Add(new ExperimentWarning(
                "control_not_active",
                $"The control is version {experiment.Variants[0].Version}, but {(active is null ? "no version is active" : $"version {active} answers today")}. Results will compare with the control, not with what is in service."));
        }

        var since = now - RecentTraffic;
        if (!await db.Executions.AnyAsync(e => e.TaskId == experiment.TaskId && e.EnvironmentId == experiment.EnvironmentId && e.ExecutedAt >= since, ct))
        {
            warnings.Add(new ExperimentWarning(
                "no_traffic", "This task was not executed in this environment in the last seven days. Without traffic the experiment will have nothing to measure."));
        }

        if (!experiment.Metrics.Any(m => m.Role == MetricRole.Guardrail))
        {
            warnings.Add(new ExperimentWarning("no_guardrail", "No guardrail watches over this experiment. Add one, such as the success rate, so that harm is seen."));
        }

        return warnings;
    }

    private static string Overlap(Experiment other) => other is { Coverage: >= 1, Targeting: null, Namespace: null }
        ? $"'{other.Name}' runs on the same task and takes every unit, so this experiment gets none until that one ends."
        : $"'{other.Name}' runs on the same task. A unit that both would take goes to the one that started first. Drafts can be kept apart by a namespace in which their ranges do not overlap.";

    private static async Task<IEnumerable<ExperimentWarning>> RolloutsAsync(LoopaiDbContext db, Experiment experiment, CancellationToken ct) =>
        (await db.Rollouts.Where(r => r.TaskId == experiment.TaskId && r.EnvironmentId == experiment.EnvironmentId && r.EndedAt == null).Select(r => r.Version).ToListAsync(ct))
        .Select(version => new ExperimentWarning(
            "rollout", $"Version {version} is being rolled out on the same task. Units of the experiment get its variants instead, so the rollout gets fewer units, or none, and waits for them."));

    private static async Task<IEnumerable<ExperimentWarning>> DraftsAsync(LoopaiDbContext db, Experiment experiment, CancellationToken ct)
    {
        var versions = experiment.Variants.Where(v => !v.Shadow).Select(v => v.Version).ToList();
        return (await db.Programs.Where(p => p.TaskId == experiment.TaskId && versions.Contains(p.Version) && p.Status == ProgramStatus.Draft).Select(p => p.Version).Order().ToListAsync(ct))
            .Select(version => new ExperimentWarning(
                "draft", $"Version {version} is a draft. It will answer its units, but a decision cannot put it into service before it is activated by hand, by force, or mended in a new version."));
    }

    /// <summary>The experiments beside this one that hold units, or are about to.</summary>
    internal static IQueryable<Experiment> Others(LoopaiDbContext db, Experiment experiment) => db.Experiments.AsNoTracking().Where(e =>
        e.Id != experiment.Id && e.EnvironmentId == experiment.EnvironmentId
        && (e.Status == ExperimentStatus.Running || e.Status == ExperimentStatus.Paused || e.Status == ExperimentStatus.Scheduled));

    private static bool AreApart(Experiment one, Experiment other) =>
        one.Namespace is { } mine && other.Namespace is { } theirs && mine.Name == theirs.Name && !mine.Overlaps(theirs);
}

/// <param name="Code">Stable name: <c>overlap</c>, <c>rollout</c>, <c>draft</c>, <c>control_not_active</c>, <c>no_traffic</c>, <c>no_guardrail</c>.</param>
/// <param name="Message">For people.</param>
/// <param name="ExperimentId">The other experiment it is about.</param>
public sealed record ExperimentWarning(string Code, string Message, Guid? ExperimentId = null);
