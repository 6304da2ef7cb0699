using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Loopai.Portal.Pages.Roles;

/// <summary>The matrix of roles and permissions; a custom role is edited in its column, and what that does to people is shown before it is saved.</summary>
public sealed partial class RolesPage(RoleService roles, DialogService dialogs, Toasts toasts) : ComponentBase
{
    private LoadState<IReadOnlyList<RoleEntry>> _state = LoadState<IReadOnlyList<RoleEntry>>.Loading;
    private RoleEntry? _edited;
    private HashSet<string> _chosen = [];
    private string? _loaded;

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    private bool MayManage => Caller.May(Permissions.RolesManage);

    private bool HasChanges => _edited is not null && !_chosen.SetEquals(_edited.Role.Permissions);

    private string ChangeWords => _edited is null || !HasChanges ? "Tick what the role may do."
        : $"{Format.Count(_chosen.Except(_edited.Role.Permissions).Count(), "permission")} added, {Format.Exact(_edited.Role.Permissions.Except(_chosen).Count())} taken away.";

    protected override async Task OnParametersSetAsync()
    {
        if (RendererInfo.IsInteractive && _loaded != Org)
        {
            (_loaded, _state) = (Org, LoadState<IReadOnlyList<RoleEntry>>.Loading);
            await LoadAsync();
        }
    }

    private async Task LoadAsync()
    {
        StopEditing();
        _state = await LoadState.FromAsync(() => roles.ListAsync(Caller, CancellationToken.None));
    }

    private IReadOnlyCollection<string> Held(RoleEntry entry) => entry == _edited ? _chosen : entry.Role.Permissions;

    private void Edit(RoleEntry entry) => (_edited, _chosen) = (entry, [.. entry.Role.Permissions]);

    private void StopEditing() => (_edited, _chosen) = (null, []);

    private void Set(string permission, bool held) => _ = held ? _chosen.Add(permission) : _chosen.Remove(permission);

    private async Task CreateAsync()
    {
        if (await RoleDialog.OpenAsync(dialogs, Caller, null, _state.ValueOrDefault ?? []) is { } made)
        {
            await LoadAsync();
            if (_state.ValueOrDefault?.FirstOrDefault(r => r.Role.Id == made.Id.ToString()) is { } entry)
            {
                Edit(entry);
            }
        }
    }

    private async Task RenameAsync(RoleEntry entry)
    {
        if (await RoleDialog.OpenAsync(dialogs, Caller, entry, []) is not null)
        {
            await LoadAsync();
        }
    }

    private async Task SaveAsync()
    {
        if (_edited is not { } entry
            || !await RoleEffectDialog.OpenAsync(dialogs, Caller, entry, [.. Permissions.All.Where(_chosen.Contains)]))
        {
            return;
        }

        try
        {
            await roles.UpdateAsync(Caller, entry.Role.Id, new RoleDraft { Permissions = [.. _chosen] }, entry.Revision, CancellationToken.None);
            toasts.Success($"{entry.Role.Name} is saved", "Everybody who holds it feels it within a second.");
            await LoadAsync();
        }
        catch (LoopaiException e)
        {
            toasts.Failed(e);
        }
    }

    private async Task DeleteAsync(RoleEntry entry)
    {
        if (!await RoleEffectDialog.OpenAsync(dialogs, Caller, entry, null))
        {
            return;
        }

        try
        {
            await roles.DeleteAsync(Caller, entry.Role.Id, CancellationToken.None);
            toasts.Success($"{entry.Role.Name} is deleted");
        }
        catch (LoopaiException e)
        {
            toasts.Failed(e);
        }

        await LoadAsync();
    }
}
