using System.Security.Claims;
using Loopai.Core.Access;
using Loopai.Core.Organizations;
using Loopai.Core.Validation;
using Loopai.Portal.Accounts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.WebUtilities;

namespace Loopai.Portal.Shell;

/// <summary>
/// Resolves the organization of the address at every navigation, so that a circuit that outlives a membership ends with it, and cascades the
/// <see cref="Caller"/> that every service wants first. An organization that the viewer is no member of looks like one that does not exist.
/// </summary>
public sealed partial class OrganizationGate(
    OrganizationService organizations, ValidationService validations, NavigationManager navigation) : ComponentBase
{
    private Caller? _caller;
    private ShellState? _shell;
    private bool _isForeign;
    private bool _isOpen;

    [Parameter, EditorRequired] public Microsoft.AspNetCore.Components.RouteData Route { get; set; } = null!;

    [Parameter, EditorRequired] public RenderFragment ChildContent { get; set; } = null!;

    [CascadingParameter] private Task<AuthenticationState> Authentication { get; set; } = null!;

    protected override async Task OnParametersSetAsync()
    {
        var organization = Route.RouteValues.TryGetValue("org", out var slug) ? slug as string : null;
        var user = (await Authentication).User;
        if (organization is null && (user.SessionId() is not null || !Route.PageType.IsDefined(typeof(AuthorizeAttribute), inherit: true)))
        {
            (_caller, _shell, _isForeign, _isOpen) = (null, null, false, true);
            return;
        }

        if (user.UserId() is not { } userId || organization is null)
        {
            // Nobody is signed in, or the session ended while the page was open: nothing of it stays.
            (_caller, _shell, _isForeign, _isOpen) = (null, null, false, false);
            navigation.NavigateTo(PortalUrls.SignInAndReturn("/" + navigation.ToBaseRelativePath(navigation.Uri)), forceLoad: true);
            return;
        }

        await ResolveAsync(userId, user, organization);
    }

    private async Task ResolveAsync(Guid userId, ClaimsPrincipal user, string slug)
    {
        var email = user.Identity?.Name ?? "";
        var environmentKey = EnvironmentOfAddress();
        var caller = await organizations.CallerAsync(userId, email, slug, environmentKey, CancellationToken.None);
        if (caller is null)
        {
            (_caller, _shell, _isForeign) = (null, null, true);
            return;
        }

        var own = await organizations.OfUserAsync(userId, CancellationToken.None);
        var organization = own.Single(o => o.Id == caller.OrganizationId);
        var waiting = caller.May(Permissions.ValidationsRead) ? await validations.CountInReviewAsync(caller, null, null, CancellationToken.None) : 0;
        _shell = new ShellState(
            organization.Slug, organization.Name, organization.Environments.Single(e => e.Id == caller.EnvironmentId).Key,
            [.. own.Select(o => new ShellOrganization(o.Slug, o.Name))], [.. organization.Environments.Select(e => e.Key)], email, email)
        {
            Caller = caller,
            Badges = waiting > 0 ? new Dictionary<string, long>(StringComparer.Ordinal) { ["review"] = waiting } : new Dictionary<string, long>(StringComparer.Ordinal),
        };
        (_caller, _isForeign) = (caller, false);
    }

    private string? EnvironmentOfAddress()
    {
        var query = QueryHelpers.ParseQuery(navigation.ToAbsoluteUri(navigation.Uri).Query);
        return query.TryGetValue("env", out var environment) ? environment.ToString() : null;
    }
}
