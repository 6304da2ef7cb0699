using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Tasks;

/// <summary>How the features around a task find it.</summary>
internal static class TaskLookup
{
    /// <exception cref="Errors.NotFoundException">There is none, or it is another organization's.</exception>
    public static async Task<TaskDefinition> FindTaskAsync(this LoopaiDbContext db, Guid id, CancellationToken ct) =>
        await db.Tasks.AsNoTracking().FirstOrDefaultAsync(t => t.Id == id, ct) ?? throw TaskErrors.NotFound(id);

    /// <summary>The task, when it takes changes.</summary>
    /// <exception cref="Errors.ConflictException">It is archived.</exception>
    public static async Task<TaskDefinition> FindOpenTaskAsync(this LoopaiDbContext db, Guid id, CancellationToken ct)
    {
        var task = await db.FindTaskAsync(id, ct);
        return task.Status == TaskStatus.Archived ? throw TaskErrors.Archived(task.Name) : task;
    }

    /// <exception cref="Errors.NotFoundException">There is none, or it is another organization's.</exception>
    public static async Task RequireTaskAsync(this LoopaiDbContext db, Guid id, CancellationToken ct)
    {
        if (!await db.Tasks.AnyAsync(t => t.Id == id, ct))
        {
            throw TaskErrors.NotFound(id);
        }
    }

    /// <summary>The tags of every task that has some, archived ones included.</summary>
    public static async Task<Dictionary<Guid, IReadOnlyList<string>>> TagsAsync(this LoopaiDbContext db, CancellationToken ct) =>
        (await db.Tasks.AsNoTracking().Select(t => new { t.Id, t.Tags }).ToListAsync(ct)).Where(t => t.Tags.Count > 0).ToDictionary(t => t.Id, t => t.Tags);

    /// <summary>The tasks that have a tag.</summary>
    public static async Task<List<Guid>> TaggedAsync(this LoopaiDbContext db, string tag, CancellationToken ct) =>
        [.. (await db.TagsAsync(ct)).Where(t => t.Value.Contains(tag.Trim().ToLowerInvariant(), StringComparer.Ordinal)).Select(t => t.Key)];
}
