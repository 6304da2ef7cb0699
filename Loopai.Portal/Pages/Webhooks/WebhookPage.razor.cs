using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Webhooks;
using Radzen;

namespace Loopai.Portal.Pages.Webhooks;

/// <summary>One webhook: what was sent to it, what it is, and how its receiver checks what it gets.</summary>
public sealed partial class WebhookPage(WebhookService webhooks, WebhookLog log, DialogService dialogs, Toasts toasts, NavigationManager navigation, TimeProvider Clock) : ComponentBase
{
    private LoadState<WebhookItem> _state = LoadState<WebhookItem>.Loading;
    private IReadOnlyList<Crumb> _crumbs = [];
    private (Guid Id, string? Tab) _shown;

    [Parameter] public string Org { get; set; } = "";

    [Parameter] public Guid Id { get; set; }

    [Parameter] public string? Tab { get; set; }

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    private string Shown => Tab is WebhookTabs.Settings or WebhookTabs.Verify ? Tab : WebhookTabs.Deliveries;

    private bool MayManage => Caller.May(Permissions.WebhooksManage);

    protected override async Task OnParametersSetAsync()
    {
        _crumbs = [new Crumb("Webhooks", PortalUrls.Webhooks(Org, Shell.Environment))];
        if (!RendererInfo.IsInteractive || _shown == (Id, Tab))
        {
            return;
        }

        if (_shown.Id != Id)
        {
            _state = LoadState<WebhookItem>.Loading;
        }

        _shown = (Id, Tab);
        await LoadAsync();
    }

    private async Task LoadAsync() => _state = await LoadState.FromAsync(() => webhooks.GetAsync(Caller, Id, CancellationToken.None));

    private Task TestAsync(WebhookItem item) => ActAsync(async () =>
    {
        var test = await log.TestAsync(Caller, Id, CancellationToken.None);
        if (test.Delivery.LastError is { } error)
        {
            toasts.Error($"{item.Subscription.Name} did not take the test event", error);
        }
        else
        {
            toasts.Success($"{item.Subscription.Name} took the test event");
        }

        navigation.NavigateTo(PortalUrls.Webhook(Org, Id, Shell.Environment, delivery: test.Delivery.Id));
    });

    private async Task RotateAsync(WebhookItem item)
    {
        if (await RotateSecretDialog.OpenAsync(dialogs, item.Subscription.Name) is { } hours)
        {
            await ActAsync(async () => await WebhookSecretDialog.OpenAsync(
                dialogs, await webhooks.RotateSecretAsync(Caller, Id, hours, CancellationToken.None), $"The new secret of {item.Subscription.Name}"));
        }
    }

    private async Task ReplayAsync(WebhookItem item)
    {
        if (await ReplayDialog.OpenAsync(dialogs, Caller, item.Subscription) is { } replayed)
        {
            toasts.Success($"{Format.Count(replayed.Count, "delivery goes", "deliveries go")} out again");
            await LoadAsync();
        }
    }

    private Task SwitchAsync(WebhookItem item) => ActAsync(async () =>
    {
        var on = !item.Subscription.IsEnabled;
        await webhooks.UpdateAsync(Caller, Id, new WebhookDefinition { IsEnabled = on }, null, CancellationToken.None);
        toasts.Success(on ? $"{item.Subscription.Name} is on" : $"{item.Subscription.Name} is off; what happens meanwhile is not kept for it");
    });

    private async Task DeleteAsync(WebhookItem item)
    {
        if (await ConfirmDialog.OpenAsync(
            dialogs, $"Delete {item.Subscription.Name}?", $"Nothing more is sent to {item.Subscription.Url}, and the log of what was sent goes too.", "Delete webhook", danger: true))
        {
            await ActAsync(async () =>
            {
                await webhooks.DeleteAsync(Caller, Id, CancellationToken.None);
                toasts.Success($"{item.Subscription.Name} is deleted");
                navigation.NavigateTo(PortalUrls.Webhooks(Org, Shell.Environment));
            });
        }
    }

    private async Task ActAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (LoopaiException e)
        {
            toasts.Failed(e);
        }

        await LoadAsync();
    }
}
