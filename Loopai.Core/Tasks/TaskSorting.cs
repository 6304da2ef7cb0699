using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Tasks;

/// <summary>Keyset paging over tasks: the cursor holds the sort key of the last row, so that rows that come or go do not shift the next window.</summary>
internal static class TaskSorting
{
    public static IQueryable<TaskDefinition> Apply(IQueryable<TaskDefinition> tasks, TaskSort sort, string? cursor)
    {
        var after = Cursor.Decode<Key>(cursor);
        switch (sort)
        {
            case TaskSort.Newest:
                if (after is not null)
                {
                    tasks = tasks.Where(t => t.CreatedAt < after.At || (t.CreatedAt == after.At && t.Id.CompareTo(after.Id) < 0));
                }

                return tasks.OrderByDescending(t => t.CreatedAt).ThenByDescending(t => t.Id);
            case TaskSort.LastChanged:
                if (after is not null)
                {
                    tasks = tasks.Where(t => t.UpdatedAt < after.At || (t.UpdatedAt == after.At && t.Id.CompareTo(after.Id) < 0));
                }

                return tasks.OrderByDescending(t => t.UpdatedAt).ThenByDescending(t => t.Id);
            case TaskSort.FirstChanged:
                if (after is not null)
                {
                    tasks = tasks.Where(t => t.UpdatedAt > after.At || (t.UpdatedAt == after.At && t.Id.CompareTo(after.Id) > 0));
                }

                return tasks.OrderBy(t => t.UpdatedAt).ThenBy(t => t.Id);
            case TaskSort.NameDescending:
                if (after is not null)
                {
                    tasks = tasks.Where(t => t.Name.CompareTo(after.Name) < 0 || (t.Name == after.Name && t.Id.CompareTo(after.Id) < 0));
                }

                return tasks.OrderByDescending(t => t.Name).ThenByDescending(t => t.Id);
            case TaskSort.Name:
            default:
                if (after is not null)
                {
                    tasks = tasks.Where(t => t.Name.CompareTo(after.Name) > 0 || (t.Name == after.Name && t.Id.CompareTo(after.Id) > 0));
                }

                return tasks.OrderBy(t => t.Name).ThenBy(t => t.Id);
        }
    }

    public static string CursorAfter(TaskDefinition task, TaskSort sort) => Cursor.Encode(sort switch
    {
        TaskSort.Name or TaskSort.NameDescending => new Key(task.Name, default, task.Id),
        TaskSort.Newest => new Key("", task.CreatedAt, task.Id),
        TaskSort.LastChanged or TaskSort.FirstChanged => new Key("", task.UpdatedAt, task.Id),
    });

    private sealed record Key(string Name, DateTimeOffset At, Guid Id);
}
