using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Usage;
using Loopai.Core.Validation;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Tasks;

/// <summary>Defines, changes, lists and archives tasks.</summary>
public sealed class TaskService(LoopaiData data, TimeProvider time)
{
    /// <summary>Makes a task. The same specification again answers the task there is; another under the same name is a conflict.</summary>
    public Task<(TaskDefinition Task, bool Created)> CreateAsync(Caller caller, TaskSpecification request, CancellationToken ct) => CreateAsync(caller, request, [], ct);

    /// <summary>Makes a task together with its first examples, or neither. Of a task that is there already the examples are left alone.</summary>
    /// <param name="caller">Who acts.</param>
    /// <param name="request">What the task is to be.</param>
    /// <param name="examples">What it starts with.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<(TaskDefinition Task, bool Created)> CreateAsync(Caller caller, TaskSpecification request, IReadOnlyList<ExampleInput> examples, CancellationToken ct)
    {
        caller.Demand(Permissions.TasksWrite);
        TaskRules.ForCreation(request);
        var specification = request with { Name = request.Name!.Trim(), Sampling = request.Sampling ?? new SamplingPolicy() };
        var hash = TaskSpecifications.HashOf(specification);

        await using var db = await data.OpenAsync(caller, ct);
        var existing = await FindByNameAsync(db, specification.Name!, ct);
        if (existing is not null)
        {
            return existing.SpecificationHash == hash ? (existing, false) : throw TaskErrors.NameTaken(specification.Name!);
        }

        await RequireTeamAsync(db, specification.TeamId, ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.DemandRoomForTaskAsync(caller, ct);
        var now = time.GetUtcNow();
        var task = new TaskDefinition
        {
            Id = Guid.CreateVersion7(),
            OrganizationId = caller.OrganizationId,
            Name = specification.Name!,
            Description = specification.Description?.Trim() ?? "",
            InputSchema = specification.InputSchema!,
            OutputSchema = specification.OutputSchema!,
            AccuracyTarget = specification.AccuracyTarget,
            LatencyTargetMs = specification.LatencyTargetMs,
            Sampling = specification.Sampling!,
            TeamId = specification.TeamId,
            Tags = specification.Tags ?? TaskTags.None,
            SpecificationHash = hash,
            CreatedBy = caller.Name,
            CreatedAt = now,
            UpdatedAt = now,
        };
        db.Tasks.Add(task);
        db.Record(caller, "task.created", "task", task.Id, new { task.Name });
        try
        {
            await db.SaveChangesAsync(ct);
            if (examples.Count > 0)
            {
                await ExampleService.AddManyAsync(db, caller, task, examples, "upload", i => $"examples[{i}]", now, ct);
            }

            await transaction.CommitAsync(ct);
        }
        catch (DbUpdateException) when (!ct.IsCancellationRequested)
        {
            await transaction.RollbackAsync(ct);

            // Two callers created it at once, and the unique index let one through: the other's answer is that task.
            db.ChangeTracker.Clear();
            var winner = await FindByNameAsync(db, specification.Name!, ct);
            return winner is null ? throw new UnavailableException("task.not_saved", "The task could not be saved. Try again.")
                : winner.SpecificationHash == hash ? (winner, false)
                : throw TaskErrors.NameTaken(specification.Name!);
        }

        return (task, true);
    }

    public async Task<TaskDefinition> GetAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.TasksRead, id);
        await using var db = await data.OpenAsync(caller, ct);
        return await db.Tasks.AsNoTracking().FirstOrDefaultAsync(t => t.Id == id, ct) ?? throw TaskErrors.NotFound(id);
    }

    /// <summary>One window of the tasks, by name or by time.</summary>
    public async Task<Page<TaskDefinition>> ListAsync(Caller caller, TaskFilter filter, PageRequest page, CancellationToken ct)
    {
        var mine = caller.DemandOnTasks(Permissions.TasksRead);
        page = page.Validated();
        await using var db = await data.OpenAsync(caller, ct);
        var tasks = db.Tasks.AsNoTracking().Among(mine);
        if (filter.Status is { } status)
        {
            tasks = tasks.Where(t => t.Status == status);
        }

        if (!string.IsNullOrWhiteSpace(filter.Search))
        {
            var search = filter.Search.Trim().ToLowerInvariant();
            tasks = tasks.Where(t => t.Name.ToLower().Contains(search) || t.Description.ToLower().Contains(search));
        }

        if (!string.IsNullOrWhiteSpace(filter.Tag))
        {
            var tagged = await db.TaggedAsync(filter.Tag, ct);
            tasks = tasks.Where(t => tagged.Contains(t.Id));
        }

        var rows = await TaskSorting.Apply(tasks, filter.Sort, page.Cursor).Take(page.Limit + 1).ToListAsync(ct);
        return new Page<TaskDefinition>([.. rows.Take(page.Limit)], rows.Count > page.Limit ? TaskSorting.CursorAfter(rows[page.Limit - 1], filter.Sort) : null);
    }

    /// <summary>Changes what is given, and leaves the rest.</summary>
    /// <param name="caller">Who acts.</param>
    /// <param name="id">The task.</param>
    /// <param name="change">The fields to change.</param>
    /// <param name="expectedRevision">The revision the caller has read; null to change whatever is there.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<TaskDefinition> UpdateAsync(Caller caller, Guid id, TaskSpecification change, int? expectedRevision, CancellationToken ct)
    {
        caller.Demand(Permissions.TasksWrite, id);
        await using var db = await data.OpenAsync(caller, ct);
        var task = await db.Tasks.FirstOrDefaultAsync(t => t.Id == id, ct) ?? throw TaskErrors.NotFound(id);
        if (expectedRevision is { } expected && expected != task.Revision)
        {
            throw TaskErrors.ChangedMeanwhile();
        }

        if (task.Status == TaskStatus.Archived)
        {
            throw TaskErrors.Archived(task.Name);
        }

        TaskRules.ForChange(change);
        var before = TaskSpecifications.Of(task);
        var after = new TaskSpecification
        {
            Name = change.Name?.Trim() ?? task.Name,
            Description = change.Description?.Trim() ?? task.Description,
            InputSchema = change.InputSchema ?? task.InputSchema,
            OutputSchema = change.OutputSchema ?? task.OutputSchema,
            AccuracyTarget = change.WithoutAccuracyTarget ? null : change.AccuracyTarget ?? task.AccuracyTarget,
            LatencyTargetMs = change.WithoutLatencyTarget ? null : change.LatencyTargetMs ?? task.LatencyTargetMs,
            Sampling = change.Sampling ?? task.Sampling,
            TeamId = change.WithoutTeam ? null : change.TeamId ?? task.TeamId,
            Tags = change.Tags ?? before.Tags,
        };
        if (after == before)
        {
            return task;
        }

        if (after.TeamId != before.TeamId)
        {
            await RequireTeamAsync(db, after.TeamId, ct);
        }

        if (after.Name != task.Name && await FindByNameAsync(db, after.Name, ct) is not null)
        {
            throw TaskErrors.NameTaken(after.Name);
        }

        task.Name = after.Name;
        task.Description = after.Description;
        task.InputSchema = after.InputSchema;
        task.OutputSchema = after.OutputSchema;
        task.AccuracyTarget = after.AccuracyTarget;
        task.LatencyTargetMs = after.LatencyTargetMs;
        task.Sampling = after.Sampling;
        task.TeamId = after.TeamId;
        task.Tags = after.Tags!;
        task.SpecificationHash = TaskSpecifications.HashOf(after);
        db.Record(caller, "task.updated", "task", task.Id, new { before, after });
        await SaveAsync(db, task, ct);
        return task;
    }

    /// <summary>Takes a task out of service and keeps its history. Archiving twice changes nothing.</summary>
    public async Task<TaskDefinition> ArchiveAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.TasksWrite, id);
        await using var db = await data.OpenAsync(caller, ct);
        var task = await db.Tasks.FirstOrDefaultAsync(t => t.Id == id, ct) ?? throw TaskErrors.NotFound(id);
        if (task.Status != TaskStatus.Archived)
        {
            task.Status = TaskStatus.Archived;
            task.ArchivedAt = time.GetUtcNow();
            db.Record(caller, "task.archived", "task", task.Id, new { task.Name });
            await SaveAsync(db, task, ct);
        }

        return task;
    }

    /// <summary>Puts an archived task back into service, unless its name was taken meanwhile.</summary>
    public async Task<TaskDefinition> RestoreAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.TasksWrite, id);
        await using var db = await data.OpenAsync(caller, ct);
        var task = await db.Tasks.FirstOrDefaultAsync(t => t.Id == id, ct) ?? throw TaskErrors.NotFound(id);
        if (task.Status == TaskStatus.Archived)
        {
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            await db.DemandRoomForTaskAsync(caller, ct);
            if (await FindByNameAsync(db, task.Name, ct) is not null)
            {
                throw TaskErrors.NameTaken(task.Name);
            }

            task.Status = TaskStatus.Active;
            task.ArchivedAt = null;
            db.Record(caller, "task.restored", "task", task.Id, new { task.Name });
            await SaveAsync(db, task, ct);
            await transaction.CommitAsync(ct);
        }

        return task;
    }

    private async Task SaveAsync(LoopaiDbContext db, TaskDefinition task, CancellationToken ct)
    {
        task.Revision++;
        task.UpdatedAt = time.GetUtcNow();
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw TaskErrors.ChangedMeanwhile();
        }
    }

    private static Task<TaskDefinition?> FindByNameAsync(LoopaiDbContext db, string name, CancellationToken ct) =>
        db.Tasks.FirstOrDefaultAsync(t => t.Name == name && t.ArchivedAt == null, ct);

    private static async Task RequireTeamAsync(LoopaiDbContext db, Guid? teamId, CancellationToken ct)
    {
        if (teamId is { } id && !await db.Teams.AnyAsync(t => t.Id == id, ct))
        {
            throw TaskErrors.NoSuchTeam(id);
        }
    }
}
