using Loopai.Core.Access;
using Loopai.Core.Analytics.Dashboards;
using Radzen;

namespace Loopai.Portal.Pages.Dashboards;

/// <summary>All boards that the viewer may see, the starred ones first.</summary>
public sealed partial class DashboardsPage(DashboardService boards, DialogService dialogs, Toasts toasts, NavigationManager navigation) : ComponentBase
{
    private LoadState<IReadOnlyList<Board>> _state = LoadState<IReadOnlyList<Board>>.Loading;

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    protected override Task OnParametersSetAsync() => RendererInfo.IsInteractive ? LoadAsync() : Task.CompletedTask;

    private async Task LoadAsync() => _state = await LoadState.FromAsync(() => boards.ListAsync(Caller, CancellationToken.None));

    private static IEnumerable<(string Title, string? Note, IReadOnlyList<Board> Boards)> Groups(IReadOnlyList<Board> all)
    {
        if (all.Where(b => b.IsStarred).ToList() is { Count: > 0 } starred)
        {
            yield return ("Starred", null, starred);
        }

        yield return ("Built in", null, [.. all.Where(b => b.IsBuiltIn)]);
        yield return ("Yours", null, [.. all.Where(b => b.IsMine)]);
        if (all.Where(b => b is { IsBuiltIn: false, IsMine: false }).ToList() is { Count: > 0 } shared)
        {
            yield return ("Shared with you", null, shared);
        }
    }

    private static string Owner(Board board) => board.IsBuiltIn ? "" : board.IsMine ? board.IsShared ? "shared" : "only you" : board.OwnerName;

    private async Task CreateAsync()
    {
        if (await BoardDialog.OpenAsync(dialogs, Caller, null, BoardContent.Of()) is { } made)
        {
            navigation.NavigateTo(PortalUrls.Dashboard(Org, made.Id, Shell.Environment) + (Shell.Environment is null ? "?" : "&") + "edit=yes");
        }
    }

    private async Task StarAsync(Board board)
    {
        try
        {
            await boards.StarAsync(Caller, board.Id, !board.IsStarred, CancellationToken.None);
            await LoadAsync();
        }
        catch (Exception e)
        {
            toasts.Failed(e);
        }
    }
}
