using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Plugins.Publishing;

namespace Loopai.Portal.Pages.Plugins.Publishing;

/// <summary>The organization's submissions, and when a person looks at them.</summary>
public sealed partial class SubmissionsPage(SubmissionService submissions, SubmissionDecisions decisions, NavigationManager navigation, Toasts toasts) : ComponentBase
{
    private LoadState<TableWindow<SubmissionItem>> _state = LoadState<TableWindow<SubmissionItem>>.Loading;
    private LoadState<ReviewRule> _policy = LoadState<ReviewRule>.Loading;
    private IReadOnlyList<Crumb> _crumbs = [];

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    [SupplyParameterFromQuery] public string? State { get; set; }

    [SupplyParameterFromQuery] public string? Cursor { get; set; }

    [SupplyParameterFromQuery(Name = "limit")] public string? LimitText { get; set; }

    private int PageSize => LimitText switch { "25" => 25, "100" => 100, _ => 50 };

    private bool MayPublish => Caller.May(Permissions.PluginsPublish);

    protected override async Task OnParametersSetAsync()
    {
        _crumbs = [new Crumb("Plugins", PortalUrls.Build($"/o/{Org}/plugins", ("env", Shell.Environment)))];
        if (RendererInfo.IsInteractive)
        {
            await LoadAsync();
            await LoadPolicyAsync();
        }
    }

    private async Task LoadAsync() => _state = await LoadState.FromAsync(async () =>
    {
        var wanted = Enum.TryParse<SubmissionState>(State, ignoreCase: true, out var state) ? state : (SubmissionState?)null;
        var page = await submissions.ListAsync(Caller, wanted, new PageRequest(PageSize, Cursor), CancellationToken.None);
        return new TableWindow<SubmissionItem>(page.Items, page.NextCursor);
    });

    private async Task LoadPolicyAsync() => _policy = await LoadState.FromAsync(() => decisions.GetPolicyAsync(Caller, CancellationToken.None));

    private async Task SetPolicyAsync(string value)
    {
        try
        {
            await decisions.SetPolicyAsync(Caller, Enum.Parse<ReviewRule>(value), CancellationToken.None);
            toasts.Success("The review policy is saved");
        }
        catch (LoopaiException e)
        {
            toasts.Failed(e);
        }

        await LoadPolicyAsync();
    }

    private void Go(string? state) => navigation.NavigateTo(navigation.GetUriWithQueryParameters(
        new Dictionary<string, object?>(StringComparer.Ordinal) { ["state"] = string.IsNullOrEmpty(state) ? null : state, ["cursor"] = null }));
}
