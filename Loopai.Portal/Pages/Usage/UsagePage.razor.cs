using Loopai.Core.Access;
using Loopai.Core.Usage;
using Microsoft.AspNetCore.Components;

namespace Loopai.Portal.Pages.Usage;

/// <summary>What was used in the last days.</summary>
public sealed partial class UsagePage(UsageService usage, NavigationManager navigation, TimeProvider time) : ComponentBase
{
    private static readonly IReadOnlyList<Option> Ranges = [new("7d", "7 days"), new("30d", "30 days"), new("90d", "90 days")];

    private LoadState<UsageSummary> _state = LoadState<UsageSummary>.Loading;
    private (Guid, string)? _loaded;

    [Parameter] public string Org { get; set; } = "";

    [SupplyParameterFromQuery] public string? Range { get; set; }

    [CascadingParameter] private Caller Caller { get; set; } = null!;

    [CascadingParameter] private ShellState Shell { get; set; } = null!;

    private string Days => Ranges.FirstOrDefault(range => range.Value == Range)?.Value ?? "30d";

    protected override async Task OnParametersSetAsync()
    {
        if (RendererInfo.IsInteractive && _loaded != (Caller.OrganizationId, Days))
        {
            _loaded = (Caller.OrganizationId, Days);
            await LoadAsync();
        }
    }

    private async Task LoadAsync() => _state = await LoadState.FromAsync(async () =>
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var days = int.Parse(Days[..^1], System.Globalization.CultureInfo.InvariantCulture);
        return UsageSummary.Of(await usage.GetAsync(Caller, new UsageFilter(today.AddDays(1 - days), today), CancellationToken.None));
    });

    private void Go(string range) => navigation.NavigateTo(PortalUrls.Usage(Org, Shell.Environment, range));
}
