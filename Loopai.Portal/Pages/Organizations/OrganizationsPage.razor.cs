using System.Globalization;
using Loopai.Core.Errors;
using Loopai.Core.Organizations;
using Loopai.Portal.Accounts;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Loopai.Portal.Pages.Organizations;

/// <summary>Where the person belongs, and the organizations they deleted and can still bring back.</summary>
public sealed partial class OrganizationsPage(OrganizationService organizations, OrganizationLifecycle lifecycle, OwnSession session, NavigationManager navigation) : ComponentBase
{
    private IReadOnlyList<Organization> _own = [];
    private IReadOnlyList<Organization> _deleted = [];
    private string? _failure;

    [CascadingParameter] private HttpContext Context { get; set; } = null!;

    protected override async Task OnInitializedAsync()
    {
        if (await session.FindAsync(Context) is { } found)
        {
            _own = [.. (await organizations.OfUserAsync(found.UserId, Context.RequestAborted)).Where(o => found.OnlyOrganization is not { } only || o.Id == only)];
            _deleted = [.. (await lifecycle.RestorableAsync(found.UserId, Context.RequestAborted)).Where(o => found.OnlyOrganization is not { } only || o.Id == only)];
        }
    }

    private static string GoneOn(Organization organization) =>
        (organization.DeletedAt!.Value + OrganizationLifecycle.Grace).ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    private async Task RestoreAsync(Guid id)
    {
        if (await session.FindAsync(Context) is not { UserId: var userId } || !_deleted.Any(o => o.Id == id))
        {
            return;
        }

        string slug;
        try
        {
            slug = (await lifecycle.RestoreAsync(Context.Person(userId), id, Context.RequestAborted)).Slug;
        }
        catch (LoopaiException e)
        {
            _failure = e.Message;
            return;
        }

        navigation.NavigateTo(PortalUrls.Overview(slug));
    }
}
