using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Organizations;
using Loopai.Core.Tasks;

namespace Loopai.Portal.Pages.Members;

/// <summary>Reads what the forms about grants offer.</summary>
public sealed class GrantOptionsReader(RoleService roles, EnvironmentService environments, TaskService tasks)
{
    public async Task<GrantOptions> ReadAsync(Caller caller, CancellationToken ct)
    {
        var known = caller.MaySomewhere(Permissions.TasksRead)
            ? (await tasks.ListAsync(caller, new TaskFilter(Status: Core.Tasks.TaskStatus.Active), new PageRequest(PageRequest.MaxLimit), ct)).Items
            : [];
        return new GrantOptions(
            [.. (await roles.ListAsync(caller, ct)).Select(r => r.Role)], await environments.ListAsync(caller, ct), known.ToDictionary(t => t.Id, t => t.Name));
    }
}
