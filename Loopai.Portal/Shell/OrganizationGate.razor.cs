using System.Security.Claims;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Errors;
using Loopai.Core.Identity.SignOn;
using Loopai.Core.Organizations;
using Loopai.Core.Validation;
using Loopai.Portal.Accounts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.WebUtilities;

namespace Loopai.Portal.Shell;

/// <summary>
/// Resolves the organization of the address at every navigation, and again when somebody's rights there change, so that an open page ends with the right to
/// see it; cascades the <see cref="Caller"/> that every service wants first. An organization that the viewer is no member of looks like one that does not exist.
/// </summary>
public sealed partial class OrganizationGate(
    OrganizationEntry entry, AccessService access, OrganizationService organizations, SettingsService settings, ValidationService validations,
    NavigationManager navigation, RefusalLog refusals, ILogger<OrganizationGate> log)
    : ComponentBase, IDisposable
{
    private IDisposable? _watch;
    private Guid? _watched;
    private string? _missing;
    private int _rights;
    private Caller? _caller;
    private ShellState? _shell;
    private (SignOnEntry Entry, Guid OrganizationId)? _elsewhere;
    private bool _isForeign;
    private bool _isOpen;
    private bool _isGone;
    private bool _isAskingAgain;
    private LoadFailure? _failure;

    [Parameter, EditorRequired] public Microsoft.AspNetCore.Components.RouteData Route { get; set; } = null!;

    /// <summary>Where the viewer's requests come from, for the audit log.</summary>
    [Parameter, EditorRequired] public CallerOrigin Origin { get; set; } = null!;

    [Parameter, EditorRequired] public RenderFragment ChildContent { get; set; } = null!;

    [CascadingParameter] private Task<AuthenticationState> Authentication { get; set; } = null!;

    [CascadingParameter] private HttpContext? Context { get; set; }

    public void Dispose()
    {
        _isGone = true;
        _watch?.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        try
        {
            await DecideAsync();
            _failure = null;
        }
        catch (Exception e) when (RendererInfo.IsInteractive && PageFailures.IsOfDatabase(e))
        {
            // An open page outlives a database that stalls: it says so, and goes on when it is back.
            Hide(e);
            _ = InvokeAsync(ResolveAgainAsync);
        }
    }

    private async Task DecideAsync()
    {
        var organization = Route.RouteValues.TryGetValue("org", out var slug) ? slug as string : null;
        var user = (await Authentication).User;
        _elsewhere = null;
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
        var found = await entry.FindAsync(user, Origin, slug, environmentKey, CancellationToken.None);
        Watch(found?.Caller.OrganizationId);
        if (found is not { } entered)
        {
            (_caller, _shell, _isForeign) = (null, null, true);
            return;
        }

        var caller = entered.Caller;
        if (entered.Entry is not (SignOnEntry.Open or SignOnEntry.BreakGlass))
        {
            (_caller, _shell, _isForeign, _elsewhere) = (null, null, false, (entered.Entry, caller.OrganizationId));
            return;
        }

        var own = await organizations.OfUserAsync(userId, CancellationToken.None);
        var organization = own.Single(o => o.Id == caller.OrganizationId);
        var waiting = caller.MaySomewhere(Permissions.ValidationsRead) ? await validations.CountInReviewAsync(caller, null, null, CancellationToken.None) : 0;
        _shell = new ShellState(
            organization.Slug, organization.Name, organization.Environments.Single(e => e.Id == caller.EnvironmentId).Key,
            [.. own.Select(o => new ShellOrganization(o.Slug, o.Name))], [.. organization.Environments.Select(e => e.Key)], email, email)
        {
            Caller = caller,
            LogoChangedAt = await settings.FindLogoTimeAsync(caller, CancellationToken.None),
            IsBreakGlass = entered.Entry == SignOnEntry.BreakGlass,
            Badges = waiting > 0 ? new Dictionary<string, long>(StringComparer.Ordinal) { ["review"] = waiting } : new Dictionary<string, long>(StringComparer.Ordinal),
        };
        if (_caller is not null && !caller.IsSameAs(_caller) && caller.EnvironmentId == _caller.EnvironmentId)
        {
            // Other rights make other pages: what is shown is built anew.
            _rights++;
        }

        (_caller, _isForeign) = (caller, false);
        _missing = PagePermissionAttribute.Missing(Route.PageType, caller);
        if (_missing is not null)
        {
            refusals.Note(new ForbiddenException(_missing), caller);
            if (Context is { Response.HasStarted: false } context)
            {
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
            }
        }
    }

    private void Watch(Guid? organizationId)
    {
        if (_watched != organizationId && RendererInfo.IsInteractive)
        {
            _watch?.Dispose();
            _watched = organizationId;
            _watch = organizationId is { } id ? access.Subscribe(id, () => _ = InvokeAsync(ResolveAgainAsync)) : null;
        }
    }

    /// <summary>Until it is known again who may what, nothing is shown: what changed may be that this person may nothing any more.</summary>
    private async Task ResolveAgainAsync()
    {
        if (_isAskingAgain)
        {
            return;
        }

        _isAskingAgain = true;
        while (!_isGone)
        {
            try
            {
                await DecideAsync();
                (_failure, _isAskingAgain) = (null, false);
                StateHasChanged();
                return;
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (Exception e) when (PageFailures.IsOfDatabase(e))
            {
                Hide(e);
                StateHasChanged();
            }

            // Every open page asks at once when the database is back: they are spread a little.
            await Task.Delay(TimeSpan.FromSeconds(1 + (2 * Random.Shared.NextDouble())));
        }
    }

    private void Hide(Exception e)
    {
        log.LogWarning(e, "The rights of an open page could not be looked up; it shows nothing until they are");
        (_caller, _shell, _isForeign, _isOpen, _elsewhere, _failure) = (null, null, false, false, null, LoadFailure.Of(e));
    }

    private string? EnvironmentOfAddress()
    {
        var query = QueryHelpers.ParseQuery(navigation.ToAbsoluteUri(navigation.Uri).Query);
        return query.TryGetValue("env", out var environment) ? environment.ToString() : null;
    }
}
