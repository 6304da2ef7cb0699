using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Tasks;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Experiments;

/// <summary>Plans, changes, copies and lists experiments. What moves them along their life is in <see cref="Lifecycle.ExperimentLifecycle"/>.</summary>
public sealed class ExperimentService(LoopaiData data, TimeProvider time)
{
    /// <summary>Makes a draft.</summary>
    public async Task<Experiment> CreateAsync(Caller caller, ExperimentDraft draft, CancellationToken ct)
    {
        caller.DemandOnTasks(Permissions.ExperimentsWrite);
        var errors = new FieldErrors()
            .AddIf(draft.TaskId is null, "taskId", "Name the task whose versions are compared.")
            .AddIf(draft.Name is null, "name", "An experiment needs a name.");
        ExperimentRules.Check(draft, errors);
        if (draft.TaskId is not { } taskId)
        {
            errors.ThrowIfAny("experiment.invalid", "The experiment cannot be taken as it stands.");
            throw new InvalidOperationException("A missing task is a field error.");
        }

        caller.Demand(Permissions.ExperimentsWrite, taskId);
        await using var db = await data.OpenAsync(caller, ct);
        await db.FindOpenTaskAsync(taskId, ct);
        var now = time.GetUtcNow();
        var key = draft.Key ?? await ExperimentKeys.FreeAsync(db, caller, ExperimentKeys.Of(draft.Name ?? ""), ct);
        var experiment = new Experiment
        {
            Id = Guid.CreateVersion7(),
            OrganizationId = caller.OrganizationId,
            EnvironmentId = caller.EnvironmentId,
            TaskId = taskId,
            Key = key,
            Name = draft.Name?.Trim() ?? "",
            Seed = draft.Seed ?? key,
            CreatedBy = caller.Name,
            CreatedById = caller.PersonId,
            CreatedAt = now,
            UpdatedAt = now,
        };
        draft.ApplyTo(experiment);
        WinnerRules.Demand(caller, experiment);
        WinnerRules.Check(caller, experiment, errors);
        await db.CheckAsync(experiment, errors, ct);
        errors.ThrowIfAny("experiment.invalid", "The experiment cannot be taken as it stands.");
        db.Experiments.Add(experiment);
        db.Note(caller, experiment, "created", now);
        await AddAsync(db, experiment, ct);
        return experiment;
    }

    public async Task<Experiment> GetAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.DemandOnTasks(Permissions.ExperimentsRead);
        await using var db = await data.OpenAsync(caller, ct);
        return await db.FindExperimentAsync(caller, Permissions.ExperimentsRead, id, tracked: false, ct);
    }

    /// <summary>One window of the environment's experiments, newest first.</summary>
    public async Task<Page<Experiment>> ListAsync(Caller caller, ExperimentFilter filter, PageRequest page, CancellationToken ct)
    {
        var mine = caller.DemandOnTasks(Permissions.ExperimentsRead);
        page = page.Validated();
        await using var db = await data.OpenAsync(caller, ct);
        var rows = filter.Apply(db.Experiments.AsNoTracking().OfTasks(mine).Where(e => e.EnvironmentId == caller.EnvironmentId));
        if (Cursor.Decode<After>(page.Cursor) is { } after)
        {
            rows = rows.Where(e => e.Id.CompareTo(after.Id) < 0);
        }

        var window = await rows.OrderByDescending(e => e.Id).Take(page.Limit + 1).ToListAsync(ct);
        return new Page<Experiment>([.. window.Take(page.Limit)], window.Count > page.Limit ? Cursor.Encode(new After(window[page.Limit - 1].Id)) : null);
    }

    /// <summary>Changes what is given. Once it has started, only what moves no unit between variants; and what departs from the plan is a deviation.</summary>
    /// <param name="caller">Who acts.</param>
    /// <param name="id">The experiment.</param>
    /// <param name="draft">The fields to change.</param>
    /// <param name="expectedRevision">The revision the caller has read; null to change whatever is there.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<Experiment> UpdateAsync(Caller caller, Guid id, ExperimentDraft draft, int? expectedRevision, CancellationToken ct)
    {
        caller.DemandOnTasks(Permissions.ExperimentsWrite);
        ExperimentWork.CheckReason(draft.Reason);
        await using var db = await data.OpenAsync(caller, ct);
        var experiment = await db.FindExperimentAsync(caller, Permissions.ExperimentsWrite, id, tracked: true, ct);
        if (expectedRevision is { } expected && expected != experiment.Revision)
        {
            throw ExperimentErrors.ChangedMeanwhile();
        }

        var errors = new FieldErrors()
            .AddIf(draft.TaskId is { } task && task != experiment.TaskId, "taskId", "An experiment stays with its task. Make another one for the other task.")
            .AddIf(draft.Key is { } key && key != experiment.Key, "key", "A key stays what it is: programs know the experiment by it. Clone it to give another.");
        ExperimentRules.Check(draft, errors);
        var (name, forced, startsAt, planned) = (experiment.Name, experiment.Forced, experiment.StartsAt, await db.CheckAsync(experiment, new FieldErrors(), ct));
        draft.ApplyTo(experiment);
        WinnerRules.Check(caller, experiment, errors);
        var plan = await db.CheckAsync(experiment, errors, ct);
        errors.ThrowIfAny("experiment.invalid", "The experiment cannot be taken as it stands.");

        var differences = plan.DifferencesFrom(planned);
        if (differences.Count > 0)
        {
            // Whoever changes what a winner goes by could make one.
            WinnerRules.Demand(caller, experiment);
        }

        List<string> changed = [.. differences.Select(d => d.Field)];
        AddIf(name != experiment.Name, "name");
        AddIf(!forced.SequenceEqual(experiment.Forced), "forced");
        AddIf(startsAt != experiment.StartsAt, "startsAt");
        if (changed.Count == 0 && draft.RequiresApproval is null)
        {
            return experiment;
        }

        StartedChanges.Check(experiment, changed);
        var now = time.GetUtcNow();
        db.Note(
            caller, experiment, "edited", now, draft.Reason, StartedChanges.EffectOf(experiment, differences),
            new { fields = changed, differences }, isDeviation: experiment.StartedAt is not null && differences.Count > 0);
        await db.SaveExperimentAsync(experiment, now, ct);
        return experiment;

        void AddIf(bool differs, string field)
        {
            if (differs)
            {
                changed.Add(field);
            }
        }
    }

    /// <summary>A draft like another experiment, with a seed of its own, so that its units are drawn anew. Its winner acts by itself only where the caller may let it.</summary>
    public async Task<Experiment> CloneAsync(Caller caller, Guid id, string? name, CancellationToken ct)
    {
        caller.DemandOnTasks(Permissions.ExperimentsWrite);
        new FieldErrors().AddIf(name?.Length > 200, "name", "A name has at most 200 characters.").ThrowIfAny("experiment.invalid", "The name is too long.");
        await using var db = await data.OpenAsync(caller, ct);
        var original = await db.FindExperimentAsync(caller, Permissions.ExperimentsWrite, id, tracked: false, ct);
        var now = time.GetUtcNow();
        var key = await ExperimentKeys.FreeAsync(db, caller, original.Key, ct);
        var clone = new Experiment
        {
            Id = Guid.CreateVersion7(),
            OrganizationId = caller.OrganizationId,
            EnvironmentId = caller.EnvironmentId,
            TaskId = original.TaskId,
            Key = key,
            Seed = key,
            Name = string.IsNullOrWhiteSpace(name) ? CopyName(original.Name) : name.Trim(),
            Hypothesis = original.Hypothesis,
            Variants = original.Variants,
            Coverage = original.Coverage,
            RequiresUnit = original.RequiresUnit,
            Targeting = original.Targeting,
            Namespace = original.Namespace,
            HoldoutId = original.HoldoutId,
            Forced = original.Forced,
            Metrics = original.Metrics,
            Segments = original.Segments,
            Plan = original.Plan,
            AutomaticWinner = WinnerRules.MayLet(caller, original) ? original.AutomaticWinner : null,
            Breaker = original.Breaker,
            RequiresApproval = original.RequiresApproval,
            CreatedBy = caller.Name,
            CreatedById = caller.PersonId,
            CreatedAt = now,
            UpdatedAt = now,
        };
        db.Experiments.Add(clone);
        db.Note(caller, clone, "created", now, details: new { clonedFrom = original.Id, original.Key });
        await AddAsync(db, clone, ct);
        return clone;
    }

    /// <summary>What was done to the experiment, the latest first.</summary>
    public async Task<Page<ExperimentChange>> HistoryAsync(Caller caller, Guid id, PageRequest page, CancellationToken ct)
    {
        caller.DemandOnTasks(Permissions.ExperimentsRead);
        page = page.Validated();
        await using var db = await data.OpenAsync(caller, ct);
        await db.FindExperimentAsync(caller, Permissions.ExperimentsRead, id, tracked: false, ct);
        var rows = db.ExperimentChanges.AsNoTracking().Where(c => c.ExperimentId == id);
        if (Cursor.Decode<After>(page.Cursor) is { } after)
        {
            rows = rows.Where(c => c.Id.CompareTo(after.Id) < 0);
        }

        var window = await rows.OrderByDescending(c => c.Id).Take(page.Limit + 1).ToListAsync(ct);
        return new Page<ExperimentChange>([.. window.Take(page.Limit)], window.Count > page.Limit ? Cursor.Encode(new After(window[page.Limit - 1].Id)) : null);
    }

    private static async Task AddAsync(LoopaiDbContext db, Experiment experiment, CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException) when (!ct.IsCancellationRequested)
        {
            db.ChangeTracker.Clear();
            throw await db.Experiments.AnyAsync(e => e.EnvironmentId == experiment.EnvironmentId && e.Key == experiment.Key, ct)
                ? ExperimentErrors.KeyTaken(experiment.Key)
                : new UnavailableException("experiment.not_saved", "The experiment could not be saved. Try again.");
        }
    }

    private static string CopyName(string name) => name.Length > 190 ? name : $"{name} (again)";

    private sealed record After(Guid Id);
}
