using Loopai.Core.Configuration;
using Loopai.Core.Errors;
using Loopai.Core.Identity;
using Loopai.Core.Identity.Sessions;
using Loopai.Portal.Accounts;
using Loopai.Portal.Api;
using Loopai.Portal.Pages.Organizations;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Loopai.Portal.Pages.Accounts;

/// <summary>The first run: the first visitor makes the owner. Once anybody has an account, this page leads to signing in.</summary>
public sealed partial class Setup(
    AccountService accounts, SessionCookie cookie, AccountsSettings settings, NavigationManager navigation) : ComponentBase
{
    private string? _failure;
    private IReadOnlyDictionary<string, string[]> _errors = new Dictionary<string, string[]>(StringComparer.Ordinal);

    [SupplyParameterFromForm] private SetupInput Input { get; set; } = null!;

    [CascadingParameter] private HttpContext Context { get; set; } = null!;

    private string PasswordHelp => $"At least {settings.MinPasswordLength} characters. A few words in a row are better than one with signs in it.";

    protected override async Task OnInitializedAsync()
    {
        // The framework fills it on a post, and leaves it null on a get.
        Input ??= new SetupInput();
        if (!await accounts.IsFirstRunAsync(Context.RequestAborted))
        {
            navigation.NavigateTo(PortalUrls.SignIn);
        }
    }

    private async Task CreateAsync()
    {
        var organization = Input.Organization?.Trim() ?? "";
        try
        {
            var (user, created) = await accounts.CreateFirstOwnerAsync(
                new NewOwner(Input.Email?.Trim() ?? "", Input.Password ?? "", Input.Name ?? "", Slugs.Of(organization), organization, ApiPipeline.OriginOf(Context)), Context.RequestAborted);
            await cookie.StartAsync(Context, user, SignInMethod.Password, secondFactor: false);
            navigation.NavigateTo(PortalUrls.Overview(created.Slug));
        }
        catch (InvalidException e)
        {
            _errors = e.Errors;
        }
        catch (ConflictException e)
        {
            _failure = e.Message;
        }
    }

    private string? Error(string field) => _errors.TryGetValue(field, out var messages) ? string.Join(' ', messages) : null;

    private sealed class SetupInput
    {
        public string? Name { get; set; }

        public string? Email { get; set; }

        public string? Password { get; set; }

        public string? Organization { get; set; }
    }
}
