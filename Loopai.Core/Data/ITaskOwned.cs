namespace Loopai.Core.Data;

/// <summary>A row that belongs to one task: lists of it are narrowed to the tasks that the caller may see.</summary>
public interface ITaskOwned
{
    Guid TaskId { get; }
}

internal static class TaskScope
{
    /// <param name="rows">The rows.</param>
    /// <param name="tasks">The tasks to narrow to; null for all of them.</param>
    public static IQueryable<T> OfTasks<T>(this IQueryable<T> rows, IReadOnlyCollection<Guid>? tasks)
        where T : class, ITaskOwned => tasks is null ? rows : rows.Where(r => tasks.Contains(r.TaskId));

    /// <inheritdoc cref="OfTasks{T}"/>
    public static IQueryable<Tasks.TaskDefinition> Among(this IQueryable<Tasks.TaskDefinition> rows, IReadOnlyCollection<Guid>? tasks) =>
        tasks is null ? rows : rows.Where(t => tasks.Contains(t.Id));
}
