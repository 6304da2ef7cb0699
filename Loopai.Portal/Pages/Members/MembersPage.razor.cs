using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Organizations;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Loopai.Portal.Pages.Members;

/// <summary>The people of the organization.</summary>
public sealed partial class MembersPage(
    MemberDirectory directory, MemberService members, GrantOptionsReader reader, DialogService dialogs, Toasts toasts, NavigationManager navigation) : ComponentBase
{
    private static readonly IReadOnlyList<Option> Statuses = [new("active", "Active"), new("deactivated", "Deactivated")];

    private LoadState<TableWindow<MemberEntry>> _state = LoadState<TableWindow<MemberEntry>>.Loading;
    private GrantOptions _options = new([], [], new Dictionary<Guid, string>());

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "q")] public string? Search { get; set; }

    [SupplyParameterFromQuery(Name = "role")] public string? RoleId { get; set; }

    [SupplyParameterFromQuery(Name = "status")] public string? Status { get; set; }

    [SupplyParameterFromQuery(Name = "cursor")] public string? Cursor { get; set; }

    [SupplyParameterFromQuery(Name = "limit")] public int? Limit { get; set; }

    private int PageSize => Limit is 25 or 50 or 100 ? Limit.Value : 50;

    private bool MayManage => Caller.May(Permissions.MembersManage);

    private IReadOnlyList<FilterChip> Chips => string.IsNullOrEmpty(RoleId) ? [] : [new FilterChip($"Holds {_options.RoleName(RoleId)}", () => Go("role", null))];

    protected override Task OnParametersSetAsync() => RendererInfo.IsInteractive ? LoadAsync() : Task.CompletedTask;

    private async Task LoadAsync() => _state = await LoadState.FromAsync(async () =>
    {
        _options = await reader.ReadAsync(Caller, CancellationToken.None);
        var status = Status switch { "active" => MembershipStatus.Active, "deactivated" => MembershipStatus.Deactivated, _ => (MembershipStatus?)null };
        var page = await directory.ListAsync(Caller, new MemberFilter(Search, status, null, string.IsNullOrEmpty(RoleId) ? null : RoleId), new PageRequest(PageSize, Cursor), CancellationToken.None);
        return new TableWindow<MemberEntry>(page.Items, page.NextCursor);
    });

    private async Task InviteAsync()
    {
        if (await InviteDialog.OpenAsync(dialogs, Caller, _options) is { } sent)
        {
            await InvitationLinkDialog.TellAsync(dialogs, toasts, sent);
            navigation.NavigateTo(PortalUrls.Invitations(Org, Shell.Environment));
        }
    }

    private async Task EditRolesAsync(MemberEntry member)
    {
        if (await GrantsDialog.OpenAsync(dialogs, Caller, member.Name, Holder.User(member.UserId), member.Grants, _options))
        {
            toasts.Success($"{member.Name} has other roles now");
            await LoadAsync();
        }
    }

    private async Task SwitchAsync(MemberEntry member)
    {
        if (member.Status != MembershipStatus.Active)
        {
            await ActAsync(() => members.ReactivateAsync(Caller, member.UserId, CancellationToken.None), $"{member.Name} is in again");
        }
        else if (await ConfirmDialog.OpenAsync(
            dialogs, $"Deactivate {member.Name}?", $"{member.Email} is shut out within a second, wherever they are signed in. Keys that belong to them stop working. Roles and teams are kept for the day they return.", "Deactivate"))
        {
            await ActAsync(() => members.DeactivateAsync(Caller, member.UserId, CancellationToken.None), $"{member.Name} is shut out");
        }
    }

    private async Task RemoveAsync(MemberEntry member)
    {
        if (await ConfirmDialog.OpenAsync(
            dialogs, $"Remove {member.Name}?",
            $"{member.Email} loses {Format.Count(member.Grants.Count, "role")} and {Format.Count(member.Teams.Count, "team")} here, and every key that belongs to them stops working. What they made stays. To come back they need an invitation.",
            "Remove member", danger: true))
        {
            await ActAsync(() => members.RemoveAsync(Caller, member.UserId, CancellationToken.None), $"{member.Name} is removed");
        }
    }

    private async Task ActAsync(Func<Task> act, string done)
    {
        try
        {
            await act();
            toasts.Success(done);
        }
        catch (LoopaiException e)
        {
            toasts.Failed(e);
        }

        await LoadAsync();
    }

    private void Clear() => navigation.NavigateTo(PortalUrls.Members(Org, Shell.Environment));

    private Task Go(string name, string? value)
    {
        navigation.NavigateTo(navigation.GetUriWithQueryParameters(
            new Dictionary<string, object?>(StringComparer.Ordinal) { [name] = string.IsNullOrEmpty(value) ? null : value, ["cursor"] = null }));
        return Task.CompletedTask;
    }
}
