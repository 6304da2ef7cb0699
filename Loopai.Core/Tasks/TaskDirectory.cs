using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Tasks;

/// <summary>The names of an organization's tasks: for filters, for lists that show a task's name, and for jumping to one.</summary>
public sealed class TaskDirectory(LoopaiData data)
{
    private const int Most = 1_000;

    /// <summary>All tasks by name, the archived ones last.</summary>
    public async Task<IReadOnlyList<TaskEntry>> ListAsync(Caller caller, CancellationToken ct) => await FindAsync(caller, null, Most, ct);

    /// <summary>Tasks with a part of their name, or whose id it is.</summary>
    public async Task<IReadOnlyList<TaskEntry>> FindAsync(Caller caller, string? text, int limit, CancellationToken ct)
    {
        var mine = caller.DemandOnTasks(Permissions.TasksRead);
        await using var db = await data.OpenAsync(caller, ct);
        var tasks = db.Tasks.AsNoTracking().Among(mine);
        if (Guid.TryParse(text, out var id))
        {
            tasks = tasks.Where(t => t.Id == id);
        }
        else if (!string.IsNullOrWhiteSpace(text))
        {
            var part = text.Trim().ToLowerInvariant();
            tasks = tasks.Where(t => t.Name.ToLower().Contains(part));
        }

        return await tasks.OrderBy(t => t.ArchivedAt != null).ThenBy(t => t.Name).Take(limit)
            .Select(t => new TaskEntry(t.Id, t.Name, t.ActiveVersion, t.LastVersion, t.Status == TaskStatus.Archived, t.OutputSchema)).ToListAsync(ct);
    }
}

/// <param name="Id">The task.</param>
/// <param name="Name">Its name.</param>
/// <param name="ActiveVersion">The version that answers; null before the first activation.</param>
/// <param name="LastVersion">How many versions there have been.</param>
/// <param name="IsArchived">Whether it is out of service.</param>
/// <param name="OutputSchema">What its outputs can be.</param>
public sealed record TaskEntry(Guid Id, string Name, int? ActiveVersion, int LastVersion, bool IsArchived, string OutputSchema);
