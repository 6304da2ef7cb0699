using System.Collections.Concurrent;
using System.Text;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Experiments.Live;
using Loopai.Core.Programs;
using Loopai.Core.Rollouts;
using Loopai.Core.Schemas;
using Loopai.Core.Tasks;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Executions;

/// <summary>Keeps what the hot path needs in memory: compiled tasks and loaded programs, read when first asked for and again when they change.</summary>
public sealed class ExecutionCatalog(LoopaiData data)
{
    /// <summary>Ids that lead nowhere are a caller's to make up, so that only so many are kept.</summary>
    private const int MostAbsent = 10_000;

    private readonly ConcurrentDictionary<Guid, Task<CatalogTask?>> _tasks = new();
    private readonly ConcurrentDictionary<Asked, Lazy<Task<CatalogTask?>>> _loading = new();
    private readonly ConcurrentDictionary<Asked, bool> _absent = new();
    private readonly ConcurrentDictionary<Guid, LiveTask> _live = new();
    private long _forgotten;

    /// <summary>The task, or null when the caller's organization has no such task.</summary>
    public ValueTask<CatalogTask?> FindAsync(Caller caller, Guid taskId)
    {
        if (_tasks.TryGetValue(taskId, out var known) && known.IsCompletedSuccessfully && known.Result is { } entry)
        {
            // A task of another organization is as good as none.
            return ValueTask.FromResult(entry.Task.OrganizationId == caller.OrganizationId ? entry : null);
        }

        return new ValueTask<CatalogTask?>(LoadOnceAsync(caller, taskId));
    }

    /// <summary>A version of the task, ready to run; null when there is no such version.</summary>
    public ValueTask<LoadedProgram?> FindProgramAsync(CatalogTask task, int version)
    {
        if (task.Live.Programs.TryGetValue(version, out var known) && known.IsCompletedSuccessfully)
        {
            return ValueTask.FromResult(known.Result);
        }

        return new ValueTask<LoadedProgram?>(LoadProgramOnceAsync(task, version));
    }

    /// <summary>Forgets what a change made stale. Loaded programs stay: a version never changes.</summary>
    public void Forget(Change change)
    {
        if (!change.IsEverything && change.Table is not ("tasks" or "programs" or "experiments" or "rollouts"))
        {
            return;
        }

        Interlocked.Increment(ref _forgotten);
        if (change.IsEverything)
        {
            _tasks.Clear();
        }
        else
        {
            _tasks.TryRemove(change.Id, out _);
        }
    }

    /// <summary>All who ask between two changes wait for the same answer, which a thousand callers of a changed task would otherwise each read for themselves.</summary>
    private async Task<CatalogTask?> LoadOnceAsync(Caller caller, Guid taskId)
    {
        // An answer of another organization's caller must not be shared, and neither must one that was read before a change.
        var asked = new Asked(caller.OrganizationId, taskId, Interlocked.Read(ref _forgotten));
        if (_absent.ContainsKey(asked))
        {
            return null;
        }

        var once = _loading.GetOrAdd(asked, static (key, catalog) => new(() => catalog.LoadAsync(key.OrganizationId, key.TaskId)), this);
        try
        {
            // Who was late may find it read and put away meanwhile.
            if (!once.IsValueCreated && _tasks.TryGetValue(taskId, out var known) && known.IsCompletedSuccessfully && known.Result?.Task.OrganizationId == caller.OrganizationId)
            {
                return known.Result;
            }

            var loading = once.Value;
            var entry = await loading;
            if (entry is null)
            {
                Miss(asked);
            }
            else
            {
                Keep(asked, loading);
            }

            return entry;
        }
        finally
        {
            _loading.TryRemove(asked, out _);
        }
    }

    private void Keep(Asked asked, Task<CatalogTask?> loaded)
    {
        _tasks[asked.TaskId] = loaded;
        if (asked.Forgotten != Interlocked.Read(ref _forgotten))
        {
            // A change was told while this was read, perhaps of what was read.
            _tasks.TryRemove(KeyValuePair.Create(asked.TaskId, loaded));
        }
    }

    /// <summary>A new task is a change like any other, after which nothing that was absent before is taken for absent.</summary>
    private void Miss(Asked asked)
    {
        if (_absent.Count >= MostAbsent)
        {
            _absent.Clear();
        }

        _absent[asked] = true;
    }

    private async Task<CatalogTask?> LoadAsync(Guid organizationId, Guid taskId)
    {
        await using var db = await data.OpenAsync(Caller.System(organizationId), CancellationToken.None);
        var task = await db.Tasks.AsNoTracking().FirstOrDefaultAsync(t => t.Id == taskId);
        if (task is null)
        {
            return null;
        }

        var rollout = await db.Rollouts.AsNoTracking().FirstOrDefaultAsync(r => r.TaskId == taskId && r.EndedAt == null);
        return new CatalogTask(
            task, JsonSchema.Compile(task.InputSchema), JsonSchema.Compile(task.OutputSchema), _live.GetOrAdd(taskId, static _ => new LiveTask()),
            await TaskExperiments.LoadAsync(db, taskId, CancellationToken.None), RolloutShare.Of(rollout, task.ActiveVersion));
    }

    private async Task<LoadedProgram?> LoadProgramOnceAsync(CatalogTask task, int version)
    {
        var loading = task.Live.Programs.GetOrAdd(version, static (v, x) => x.Catalog.LoadProgramAsync(x.Task.Task, v), (Catalog: this, Task: task));
        try
        {
            var program = await loading;
            if (program is null)
            {
                task.Live.Programs.TryRemove(version, out _);
            }

            return program;
        }
        catch
        {
            // The database was away, or the artifact is broken: the next caller tries again.
            task.Live.Programs.TryRemove(version, out _);
            throw;
        }
    }

    private async Task<LoadedProgram?> LoadProgramAsync(TaskDefinition task, int version)
    {
        await using var db = await data.OpenAsync(Caller.System(task.OrganizationId), CancellationToken.None);
        var program = await db.Programs.AsNoTracking().FirstOrDefaultAsync(p => p.TaskId == task.Id && p.Version == version);
        if (program is null)
        {
            return null;
        }

        var executionsBefore = program.ActivatedAt is { } activatedAt
            ? await db.ExecutionRollups
                .Where(r => r.TaskId == task.Id && r.Version == version && r.Level == RollupLevel.Hour && r.StartsAt >= activatedAt)
                .SumAsync(r => r.Executions)
            : 0;
        return program.Language == ProgramLanguage.Model
            ? new LoadedProgram(version, ModelProgram.Load(program.Artifact), null, executionsBefore)
            : new LoadedProgram(version, null, new ProgramSource(program.Id, program.Language, Encoding.UTF8.GetString(program.Artifact)), executionsBefore);
    }

    /// <param name="Forgotten">How many changes had been told when it was asked.</param>
    private readonly record struct Asked(Guid OrganizationId, Guid TaskId, long Forgotten);
}
