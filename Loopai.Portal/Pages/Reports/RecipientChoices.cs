using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Organizations;

namespace Loopai.Portal.Pages.Reports;

/// <summary>Whom a report can be sent to: what the caller may see of the organization.</summary>
public sealed class RecipientChoices(MemberDirectory members, TeamService teams, RoleService roles)
{
    public async Task<IReadOnlyList<Option>> ReadAsync(Caller caller, CancellationToken ct)
    {
        if (!caller.May(Permissions.OrganizationRead))
        {
            return [];
        }

        var people = await members.ListAsync(caller, new MemberFilter(Status: MembershipStatus.Active), new PageRequest(PageRequest.MaxLimit), ct);
        return
        [
            .. (await roles.ListAsync(caller, ct)).Select(r => new Option($"role:{r.Role.Id}", $"Everybody who is {r.Role.Name}")),
            .. (await teams.ListAsync(caller, ct)).Select(t => new Option($"team:{t.Team.Id}", $"Team {t.Team.Name}")),
            .. people.Items.Select(m => new Option($"person:{m.UserId}", $"{m.Name}, {m.Email}")),
        ];
    }
}
