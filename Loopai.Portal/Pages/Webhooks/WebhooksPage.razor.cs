using Loopai.Core.Access;
using Loopai.Core.Webhooks;

namespace Loopai.Portal.Pages.Webhooks;

/// <summary>The organization's webhooks, with how each of them is doing.</summary>
public sealed partial class WebhooksPage(WebhookService webhooks) : ComponentBase
{
    private LoadState<TableWindow<WebhookItem>> _state = LoadState<TableWindow<WebhookItem>>.Loading;

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    private bool MayManage => Caller.May(Permissions.WebhooksManage);

    protected override Task OnParametersSetAsync() => RendererInfo.IsInteractive ? LoadAsync() : Task.CompletedTask;

    private async Task LoadAsync() => _state = await LoadState.FromAsync(async () => new TableWindow<WebhookItem>(await webhooks.ListAsync(Caller, CancellationToken.None)));
}
