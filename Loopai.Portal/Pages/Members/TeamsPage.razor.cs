using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Organizations;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Loopai.Portal.Pages.Members;

/// <summary>The teams of the organization, with the roles each holds.</summary>
public sealed partial class TeamsPage(TeamService teams, GrantOptionsReader reader, DialogService dialogs, Toasts toasts) : ComponentBase
{
    private LoadState<TableWindow<TeamEntry>> _state = LoadState<TableWindow<TeamEntry>>.Loading;
    private GrantOptions _options = new([], [], new Dictionary<Guid, string>());
    private string? _loaded;

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    private bool MayManage => Caller.May(Permissions.MembersManage);

    protected override async Task OnParametersSetAsync()
    {
        if (RendererInfo.IsInteractive && _loaded != Org)
        {
            (_loaded, _state) = (Org, LoadState<TableWindow<TeamEntry>>.Loading);
            await LoadAsync();
        }
    }

    private async Task LoadAsync() => _state = await LoadState.FromAsync(async () =>
    {
        _options = await reader.ReadAsync(Caller, CancellationToken.None);
        return new TableWindow<TeamEntry>(await teams.ListAsync(Caller, CancellationToken.None));
    });

    private async Task CreateAsync()
    {
        if (await TeamNameDialog.OpenAsync(dialogs, Caller, null) is { } team)
        {
            await LoadAsync();
            StateHasChanged();
            await OpenAsync(new TeamEntry(team, 0, []));
        }
    }

    private async Task OpenAsync(TeamEntry team)
    {
        await TeamPeopleDialog.OpenAsync(dialogs, Caller, team.Team);
        await LoadAsync();
    }

    private async Task RenameAsync(TeamEntry team)
    {
        if (await TeamNameDialog.OpenAsync(dialogs, Caller, team.Team) is not null)
        {
            await LoadAsync();
        }
    }

    private async Task EditRolesAsync(TeamEntry team)
    {
        if (await GrantsDialog.OpenAsync(dialogs, Caller, team.Team.Name, Holder.Team(team.Team.Id), team.Grants, _options))
        {
            toasts.Success($"{team.Team.Name} has other roles now");
            await LoadAsync();
        }
    }

    private async Task DeleteAsync(TeamEntry team)
    {
        if (!await ConfirmDialog.OpenAsync(
            dialogs, $"Delete {team.Team.Name}?",
            $"{Format.Count(team.Members, "person loses", "people lose")} the {Format.Count(team.Grants.Count, "role")} that the team holds. They stay members.", "Delete team", danger: true))
        {
            return;
        }

        try
        {
            await teams.DeleteAsync(Caller, team.Team.Id, CancellationToken.None);
            toasts.Success($"{team.Team.Name} is deleted");
        }
        catch (LoopaiException e)
        {
            toasts.Failed(e);
        }

        await LoadAsync();
    }
}
