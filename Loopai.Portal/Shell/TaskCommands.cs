using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Executions;
using Loopai.Core.Tasks;

namespace Loopai.Portal.Shell;

/// <summary>Tasks by name with what is beneath the best match, and an execution by its id.</summary>
internal sealed class TaskCommands(TaskDirectory directory, ExecutionQueries executions) : ICommandSource
{
    private const int MostTasks = 6;

    private static readonly (string Tab, string Title, string Icon)[] beneath =
        [("playground", "Playground", "play"), ("versions", "Versions", "code"), ("quality", "Quality", "target"), ("examples", "Examples", "list-checks")];

    public async ValueTask<IReadOnlyList<CommandItem>> FindAsync(string query, ShellState shell, CancellationToken ct)
    {
        if (shell.Caller is not { } caller || string.IsNullOrWhiteSpace(query))
        {
            return [];
        }

        var found = new List<CommandItem>();
        if (Guid.TryParse(query, out var id) && await ExecutionAsync(caller, id, shell, ct) is { } execution)
        {
            found.Add(execution);
        }

        if (caller.MaySomewhere(Permissions.TasksRead))
        {
            var tasks = await directory.FindAsync(caller, query, MostTasks, ct);
            found.AddRange(tasks.Select(task => new CommandItem(
                task.Name, PortalUrls.Task(shell.OrganizationSlug, task.Id, environment: shell.Environment), "layers", "Tasks",
                task.IsArchived ? "archived" : task.ActiveVersion is { } version ? $"v{version} active" : "no active version")));
            found.AddRange(tasks.Take(1).SelectMany(task => beneath.Select(page => new CommandItem(
                page.Title, PortalUrls.Task(shell.OrganizationSlug, task.Id, page.Tab, shell.Environment), page.Icon, task.Name))));
            found.AddRange(tasks.Take(1).Select(task => new CommandItem(
                "Executions", PortalUrls.Executions(shell.OrganizationSlug, shell.Environment, task.Id), "activity", task.Name)));
        }

        return found;
    }

    private async Task<CommandItem?> ExecutionAsync(Caller caller, Guid id, ShellState shell, CancellationToken ct)
    {
        if (!caller.MaySomewhere(Permissions.ExecutionsRead))
        {
            return null;
        }

        try
        {
            var execution = await executions.GetAsync(caller, id, ct);
            return new CommandItem(
                $"Execution {id}", PortalUrls.Execution(shell.OrganizationSlug, id, shell.Environment), "activity", "Executions",
                Format.Ago(execution.ExecutedAt, DateTimeOffset.UtcNow));
        }
        catch (NotFoundException)
        {
            return null;
        }
    }
}
