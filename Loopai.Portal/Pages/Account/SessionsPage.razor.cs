using Loopai.Core.Errors;
using Loopai.Core.Identity.Sessions;
using Loopai.Portal.Accounts;
using Radzen;

namespace Loopai.Portal.Pages.Account;

/// <summary>Where the person is signed in.</summary>
public sealed partial class SessionsPage(CurrentAccount account, SessionService sessions, DialogService dialogs, Toasts toasts) : ComponentBase
{
    private LoadState<TableWindow<UserSession>> _state = LoadState<TableWindow<UserSession>>.Loading;
    private Guid _current;

    protected override async Task OnInitializedAsync()
    {
        if (RendererInfo.IsInteractive)
        {
            await LoadAsync();
        }
    }

    private async Task LoadAsync() => _state = await LoadState.FromAsync(async () =>
    {
        var caller = await account.GetAsync();
        _current = caller.SessionId;
        return new TableWindow<UserSession>([.. (await sessions.ListAsync(caller, CancellationToken.None)).OrderBy(session => session.Id != _current)]);
    });

    private async Task EndAsync(UserSession session) => await ActAsync(async () =>
    {
        await sessions.EndAsync(await account.GetAsync(), session.Id, SessionEnd.ByPerson, CancellationToken.None);
        toasts.Success($"The session on {session.Device} has ended");
    });

    private async Task EndOthersAsync()
    {
        if (!await ConfirmDialog.OpenAsync(dialogs, "End all other sessions?", "You stay signed in here, and are signed out everywhere else.", "End them"))
        {
            return;
        }

        await ActAsync(async () =>
        {
            var ended = await sessions.EndOthersAsync(await account.GetAsync(), SessionEnd.ByPerson, CancellationToken.None);
            toasts.Success(ended == 1 ? "One session has ended" : $"{ended} sessions have ended");
        });
    }

    private async Task ActAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (LoopaiException e)
        {
            toasts.Failed(e);
        }

        await LoadAsync();
    }
}
