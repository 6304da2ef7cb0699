using System.Text.Json;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Experiments.Live;

/// <summary>The running and paused experiments of one task, the earliest first: of several that would take a unit, that one does.</summary>
public sealed class TaskExperiments
{
    private readonly LiveExperiment[] _experiments;

    private TaskExperiments(LiveExperiment[] experiments) => _experiments = experiments;

    /// <summary>Of experiments that are compiled already, the earliest first.</summary>
    public static TaskExperiments Of(IEnumerable<LiveExperiment> experiments) => new([.. experiments]);

    /// <summary>Reads them; null where there are none, which is what most tasks have.</summary>
    public static async Task<TaskExperiments?> LoadAsync(LoopaiDbContext db, Guid taskId, CancellationToken ct)
    {
        var live = await db.Experiments.AsNoTracking().Where(e => e.TaskId == taskId && (e.Status == ExperimentStatus.Running || e.Status == ExperimentStatus.Paused))
            .OrderBy(e => e.StartedAt).ThenBy(e => e.Id).ToListAsync(ct);
        if (live.Count == 0)
        {
            return null;
        }

        var named = live.Select(e => e.HoldoutId).OfType<Guid>().ToList();
        var holdouts = await db.Holdouts.AsNoTracking().Where(h => named.Contains(h.Id)).ToDictionaryAsync(h => h.Id, ct);
        return new TaskExperiments([.. live.Select(e => LiveExperiment.Of(e, e.HoldoutId is { } id ? holdouts[id] : null))]);
    }

    /// <summary>What takes the unit; none where no experiment does. Allocates nothing.</summary>
    /// <param name="environmentId">Where the execution is made.</param>
    /// <param name="at">The execution's own time: what was before an experiment's start is not in it.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="isNamed">Whether the caller named it.</param>
    /// <param name="attributes">What is known of the request.</param>
    public Taken Find(Guid environmentId, DateTimeOffset at, ReadOnlySpan<char> unit, bool isNamed, JsonElement attributes)
    {
        var place = new UnitPlace(unit);
        foreach (var live in _experiments)
        {
            if (live.Experiment.EnvironmentId != environmentId || at < live.Experiment.StartedAt)
            {
                continue;
            }

            var assigned = live.Assign(ref place, isNamed, attributes);
            if (assigned.Variant < 0)
            {
                continue;
            }

            // What was paused for its harm harms no tester either.
            return live.Experiment.Status == ExperimentStatus.Paused
                ? new Taken(live, live.Variants[0], AssignmentReason.Paused)
                : new Taken(live, live.Variants[assigned.Variant], assigned.Reason);
        }

        return default;
    }
}

/// <summary>The experiment that takes a unit, and the variant that it gets there.</summary>
/// <param name="Experiment">The experiment; null for a unit that none takes.</param>
/// <param name="Variant">The variant.</param>
/// <param name="Reason">Why.</param>
public readonly record struct Taken(LiveExperiment? Experiment, LiveVariant? Variant, AssignmentReason Reason)
{
    /// <summary>Whether the execution is a result of the experiment: a tester's or a paused experiment's is not.</summary>
    public bool Counts => Experiment is not null && Reason == AssignmentReason.Assigned;
}
