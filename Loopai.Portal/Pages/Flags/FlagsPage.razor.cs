using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Flags;
using Radzen;

namespace Loopai.Portal.Pages.Flags;

/// <summary>The organization's flags, with what they are in the environment at hand.</summary>
public sealed partial class FlagsPage(FlagService flags, DialogService dialogs, Toasts toasts, NavigationManager navigation) : ComponentBase
{
    private LoadState<TableWindow<FlagItem>> _state = LoadState<TableWindow<FlagItem>>.Loading;

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "q")] public string? Search { get; set; }

    [SupplyParameterFromQuery(Name = "status")] public string? Status { get; set; }

    [SupplyParameterFromQuery(Name = "cursor")] public string? Cursor { get; set; }

    [SupplyParameterFromQuery(Name = "limit")] public int? Limit { get; set; }

    private int PageSize => Limit is 25 or 50 or 100 ? Limit.Value : 25;

    private bool MayWrite => Caller.May(Permissions.FlagsWrite);

    protected override Task OnParametersSetAsync() => RendererInfo.IsInteractive ? LoadAsync() : Task.CompletedTask;

    private async Task LoadAsync() => _state = await LoadState.FromAsync(async () =>
    {
        var page = await flags.ListAsync(Caller, new FlagFilter(Search, Status == "archived"), new PageRequest(PageSize, Cursor), CancellationToken.None);
        return new TableWindow<FlagItem>(page.Items, page.NextCursor);
    });

    private void Go(string name, string? value) => navigation.NavigateTo(navigation.GetUriWithQueryParameters(
        new Dictionary<string, object?>(StringComparer.Ordinal) { [name] = string.IsNullOrEmpty(value) ? null : value, ["cursor"] = null }));

    private async Task CreateAsync()
    {
        if (await CreateFlagDialog.OpenAsync(dialogs, Caller) is { } made)
        {
            navigation.NavigateTo(PortalUrls.Flag(Org, made.Flag.Id, Shell.Environment));
        }
    }

    private async Task RestoreAsync(FeatureFlag flag)
    {
        try
        {
            await flags.RestoreAsync(Caller, flag.Id, CancellationToken.None);
            toasts.Success($"{flag.Key} is back");
        }
        catch (Exception e)
        {
            toasts.Failed(e);
        }

        await LoadAsync();
    }
}
