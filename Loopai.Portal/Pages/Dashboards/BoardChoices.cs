using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Organizations;
using Loopai.Core.Tasks;

namespace Loopai.Portal.Pages.Dashboards;

/// <summary>What a board can be narrowed to. Who may not see tasks or teams by name is offered none.</summary>
public sealed class BoardChoices(TaskService tasks, TeamService teams)
{
    public const int MostTasks = 100;

    public async Task<(IReadOnlyList<Option> Tasks, IReadOnlyList<Option> Teams)> ReadAsync(Caller caller, CancellationToken ct) => (
        caller.MaySomewhere(Permissions.TasksRead)
            ? [.. (await tasks.ListAsync(caller, new TaskFilter(), new PageRequest(MostTasks, null), ct)).Items.Select(t => new Option(t.Id.ToString(), t.Name))]
            : [],
        caller.May(Permissions.OrganizationRead) ? [.. (await teams.ListAsync(caller, ct)).Select(t => new Option(t.Team.Id.ToString(), t.Team.Name))] : []);
}
