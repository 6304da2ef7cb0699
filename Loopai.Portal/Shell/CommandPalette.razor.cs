using Microsoft.JSInterop;

namespace Loopai.Portal.Shell;

/// <summary>Ctrl+K: the browser opens it, moves through it and remembers what was chosen; the sources answer what is typed.</summary>
public sealed partial class CommandPalette : IAsyncDisposable
{
    private const int RecentAndPages = 8;

    private IReadOnlyList<CommandItem> items = [];
    private string query = "";
    private ElementReference dialog;
    private DotNetObjectReference<CommandPalette>? self;
    private IJSObjectReference? module;
    private IJSObjectReference? attached;
    private CancellationTokenSource asking = new();

    [Inject] private IJSRuntime Js { get; set; } = null!;

    [Inject] private IEnumerable<ICommandSource> Sources { get; set; } = [];

    [CascadingParameter] public ShellState? Shell { get; set; }

    [JSInvokable]
    public async Task OpenedAsync(IReadOnlyList<RecentItem> recent)
    {
        query = "";
        var pages = await FindAsync("", CancellationToken.None);
        // What the browser remembers may come from another organization, or be tampered with: only places of this one are offered.
        var here = $"/o/{Shell?.OrganizationSlug}/";
        items =
        [
            .. recent.Where(r => r.Href.StartsWith(here, StringComparison.Ordinal) && IconShapes.All.ContainsKey(r.Icon))
                .Select(r => new CommandItem(r.Title, r.Href, r.Icon, "Recent")).Take(RecentAndPages / 2),
            .. pages.Take(RecentAndPages),
        ];
        StateHasChanged();
    }

    public async ValueTask DisposeAsync()
    {
        await asking.CancelAsync();
        asking.Dispose();
        self?.Dispose();
        try
        {
            if (attached is not null)
            {
                await attached.InvokeVoidAsync("dispose");
                await attached.DisposeAsync();
            }

            if (module is not null)
            {
                await module.DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // The browser left first; its listeners went with it.
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            self = DotNetObjectReference.Create(this);
            module = await Js.InvokeAsync<IJSObjectReference>("import", "./js/palette.js");
            attached = await module.InvokeAsync<IJSObjectReference>("attach", dialog, self);
        }
    }

    private async Task TypedAsync(ChangeEventArgs change)
    {
        query = (change.Value as string ?? "").Trim();
        await asking.CancelAsync();
        asking.Dispose();
        asking = new CancellationTokenSource();
        var mine = asking.Token;
        try
        {
            await Task.Delay(120, mine);
            items = await FindAsync(query, mine);
        }
        catch (OperationCanceledException)
        {
            // A newer text is being asked for.
        }
    }

    private async Task<IReadOnlyList<CommandItem>> FindAsync(string text, CancellationToken ct)
    {
        var found = new List<CommandItem>();
        foreach (var source in Shell is null ? [] : Sources)
        {
            found.AddRange(await source.FindAsync(text, Shell!, ct));
        }

        return found;
    }

    public sealed record RecentItem(string Title, string Icon, string Href);
}
