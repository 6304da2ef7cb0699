using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Organizations;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Loopai.Portal.Pages.Members;

/// <summary>Who is invited and has not come yet, and what became of the others.</summary>
public sealed partial class InvitationsPage(
    InvitationService invitations, TeamService teams, GrantOptionsReader reader, DialogService dialogs, Toasts toasts, TimeProvider clock) : ComponentBase
{
    private LoadState<TableWindow<Invitation>> _state = LoadState<TableWindow<Invitation>>.Loading;
    private GrantOptions _options = new([], [], new Dictionary<Guid, string>());
    private Dictionary<Guid, string> _teams = [];

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "cursor")] public string? Cursor { get; set; }

    [SupplyParameterFromQuery(Name = "limit")] public int? Limit { get; set; }

    private TimeProvider Clock => clock;

    private int PageSize => Limit is 25 or 50 or 100 ? Limit.Value : 50;

    protected override Task OnParametersSetAsync() => RendererInfo.IsInteractive ? LoadAsync() : Task.CompletedTask;

    private async Task LoadAsync() => _state = await LoadState.FromAsync(async () =>
    {
        _options = await reader.ReadAsync(Caller, CancellationToken.None);
        _teams = (await teams.ListAsync(Caller, CancellationToken.None)).ToDictionary(t => t.Team.Id, t => t.Team.Name);
        var page = await invitations.ListAsync(Caller, new PageRequest(PageSize, Cursor), CancellationToken.None);
        return new TableWindow<Invitation>(page.Items, page.NextCursor);
    });

    private string WordOf(Invitation invitation) => invitation.StatusAt(clock.GetUtcNow()).ToString().ToLowerInvariant();

    private Tone ToneOf(Invitation invitation) => invitation.StatusAt(clock.GetUtcNow()) switch
    {
        InvitationStatus.Open => Tone.Accent,
        InvitationStatus.Accepted => Tone.Good,
        InvitationStatus.Expired => Tone.Warn,
        InvitationStatus.Revoked => Tone.Neutral,
        _ => throw new InvalidOperationException("An invitation has one of four states."),
    };

    private string DescribeOffer(Invitation invitation) => string.Join(
        ", ", invitation.Grants.Select(g => _options.Describe(g.RoleId, g.Scope)).Concat(invitation.TeamIds.Select(t => _teams.GetValueOrDefault(t, "a deleted team"))));

    private async Task InviteAsync()
    {
        if (await InviteDialog.OpenAsync(dialogs, Caller, _options) is { } sent)
        {
            await LoadAsync();
            StateHasChanged();
            await InvitationLinkDialog.TellAsync(dialogs, toasts, sent);
        }
    }

    private async Task ResendAsync(Invitation invitation)
    {
        try
        {
            var sent = await invitations.ResendAsync(Caller, invitation.Id, CancellationToken.None);
            await LoadAsync();
            StateHasChanged();
            await InvitationLinkDialog.TellAsync(dialogs, toasts, sent);
        }
        catch (LoopaiException e)
        {
            toasts.Failed(e);
        }
    }

    private async Task RevokeAsync(Invitation invitation)
    {
        if (!await ConfirmDialog.OpenAsync(dialogs, $"Take the invitation of {invitation.Email} back?", "Its link is dead at once.", "Take back", danger: true))
        {
            return;
        }

        try
        {
            await invitations.RevokeAsync(Caller, invitation.Id, CancellationToken.None);
            toasts.Success($"The invitation of {invitation.Email} is taken back");
        }
        catch (LoopaiException e)
        {
            toasts.Failed(e);
        }

        await LoadAsync();
    }
}
