namespace Loopai.Core.Tasks;

/// <summary>Which tasks a list shows.</summary>
/// <param name="Search">Part of a name or description.</param>
/// <param name="Status">Active or archived only.</param>
/// <param name="Sort">How the list is ordered.</param>
/// <param name="Tag">With this tag only.</param>
public sealed record TaskFilter(string? Search = null, TaskStatus? Status = null, TaskSort Sort = TaskSort.Name, string? Tag = null);

/// <summary>How a list of tasks is ordered.</summary>
public enum TaskSort
{
    Name,
    Newest,
    LastChanged,
    NameDescending,
    FirstChanged,
}
