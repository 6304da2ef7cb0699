using Loopai.Core.Errors;
using Loopai.Core.Identity;
using Loopai.Core.Organizations;
using Loopai.Portal.Accounts;

namespace Loopai.Portal.Pages.Account;

/// <summary>The person's name, and the organizations they are in.</summary>
public sealed partial class ProfilePage(CurrentAccount account, IServiceScopeFactory scopes, OrganizationService organizations, Toasts toasts) : ComponentBase
{
    private LoadState<Profile> _state = LoadState<Profile>.Loading;
    private string _name = "";
    private string? _error;
    private bool _saving;

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
        var user = await scopes.CallAsync<AccountService, User>(accounts => accounts.GetAsync(caller));
        _name = user.DisplayName;
        return new Profile(user.Email ?? "", await organizations.OfUserAsync(caller.UserId, CancellationToken.None));
    });

    private async Task SaveAsync()
    {
        (_error, _saving) = (null, true);
        try
        {
            var caller = await account.GetAsync();
            await scopes.CallAsync<AccountService>(accounts => accounts.RenameAsync(caller, _name));
            toasts.Success("Saved");
        }
        catch (InvalidException e)
        {
            _error = string.Join(' ', e.Errors.SelectMany(field => field.Value));
        }
        catch (LoopaiException e)
        {
            toasts.Failed(e);
        }
        finally
        {
            _saving = false;
        }
    }

    private sealed record Profile(string Email, IReadOnlyList<Organization> Organizations);
}
