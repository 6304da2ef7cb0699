using Loopai.Core.Errors;
using Loopai.Core.Organizations;
using Loopai.Portal.Accounts;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Loopai.Portal.Pages.Organizations;

/// <summary>Makes one more organization, which the person owns.</summary>
public sealed partial class NewOrganization(OrganizationService organizations, OwnSession session, NavigationManager navigation) : ComponentBase
{
    private string? _failure;
    private IReadOnlyDictionary<string, string[]> _errors = new Dictionary<string, string[]>(StringComparer.Ordinal);

    [SupplyParameterFromForm] private OrganizationInput Input { get; set; } = null!;

    [CascadingParameter] private HttpContext Context { get; set; } = null!;

    // The framework fills it on a post, and leaves it null on a get.
    protected override void OnInitialized() => Input ??= new OrganizationInput();

    private async Task CreateAsync()
    {
        if (await session.FindAsync(Context) is not { OnlyOrganization: null, UserId: var userId })
        {
            _failure = OwnSession.Advice;
            return;
        }

        string slug;
        try
        {
            var (name, wanted) = (Input.Name?.Trim() ?? "", Input.Slug?.Trim() ?? "");
            slug = (await organizations.CreateAsync(Context.Person(userId), wanted.Length > 0 ? wanted : Slugs.Of(name), name, Context.RequestAborted)).Slug;
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

        navigation.NavigateTo(PortalUrls.Overview(slug));
    }

    private string? Error(string field) => _errors.TryGetValue(field, out var messages) ? string.Join(' ', messages) : null;

    private sealed class OrganizationInput
    {
        public string? Name { get; set; }

        public string? Slug { get; set; }
    }
}
