using Loopai.Core.Configuration;
using Loopai.Core.Errors;
using Loopai.Core.Identity;
using Loopai.Core.Identity.Sessions;
using Loopai.Core.Organizations;
using Loopai.Portal.Accounts;
using Loopai.Portal.Api;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Loopai.Portal.Pages.Accounts;

/// <summary>Where the link of an invitation leads: who has an account accepts with it, who has none makes one.</summary>
public sealed partial class AcceptInvitation(
    InvitationAcceptance invitations, InvitedAccounts accounts, SessionCookie cookie, OwnSession session, AccountsSettings settings, NavigationManager navigation) : ComponentBase
{
    private InvitationOffer? _offer;
    private string? _signedInAs;
    private string? _failure;
    private IReadOnlyDictionary<string, string[]> _errors = new Dictionary<string, string[]>(StringComparer.Ordinal);

    [Parameter] public string Token { get; set; } = "";

    [SupplyParameterFromForm] private NewPersonInput Input { get; set; } = null!;

    [CascadingParameter] private HttpContext Context { get; set; } = null!;

    private bool IsForViewer => string.Equals(_signedInAs, _offer?.Email, StringComparison.OrdinalIgnoreCase);

    private string PasswordHelp => $"At least {settings.MinPasswordLength} characters. A few words in a row are better than one with signs in it.";

    protected override async Task OnInitializedAsync()
    {
        // The framework fills it on a post, and leaves it null on a get.
        Input ??= new NewPersonInput();
        _signedInAs = Context.User.UserId() is null ? null : Context.User.Identity?.Name;
        try
        {
            _offer = await invitations.ReadAsync(Token, Context.RequestAborted);
        }
        catch (NotFoundException e)
        {
            _failure = e.Message;

            // For a 404 the framework would show its own page in the place of this one.
            Context.Response.StatusCode = StatusCodes.Status410Gone;
        }
    }

    private async Task AcceptAsync()
    {
        if (await session.FindAsync(Context) is not { OnlyOrganization: null, UserId: var userId })
        {
            _failure = OwnSession.Advice;
        }
        else
        {
            await TryAsync(async () => (await invitations.AcceptAsync(Token, Context.Person(userId), Context.RequestAborted)).Slug);
        }
    }

    private Task CreateAsync() => TryAsync(async () =>
    {
        var (user, organization) = await accounts.CreateAsync(Token, Input.Name, Input.Password, ApiPipeline.OriginOf(Context), Context.RequestAborted);
        await cookie.StartAsync(Context, user, SignInMethod.Password, secondFactor: false);
        return organization.Slug;
    });

    private async Task TryAsync(Func<Task<string>> act)
    {
        string organization;
        try
        {
            organization = await act();
        }
        catch (InvalidException e)
        {
            _errors = e.Errors;
            return;
        }
        catch (LoopaiException e)
        {
            _failure = e.Message;
            return;
        }

        navigation.NavigateTo(PortalUrls.Overview(organization));
    }

    private string? Error(string field) => _errors.TryGetValue(field, out var messages) ? string.Join(' ', messages) : null;

    private sealed class NewPersonInput
    {
        public string? Name { get; set; }

        public string? Password { get; set; }
    }
}
