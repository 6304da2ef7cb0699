using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Webhooks;

namespace Loopai.Portal.Pages.Webhooks;

/// <summary>The log of a webhook: narrowed by the address, one delivery open beside it, followed live.</summary>
public sealed partial class WebhookDeliveries(WebhookLog log, NavigationManager navigation, Toasts toasts, TimeProvider clock) : ComponentBase, IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(2);
    private static readonly IReadOnlyList<Option> Types = Option.Of([.. WebhookTypes.All.Select(t => t.Name), WebhookTypes.Test]);

    private readonly CancellationTokenSource _stop = new();
    private LoadState<TableWindow<WebhookDelivery>> _state = LoadState<TableWindow<WebhookDelivery>>.Loading;
    private WebhookDeliveryDetail? _opened;

    [Parameter, EditorRequired] public WebhookItem Item { get; set; } = null!;

    [Parameter, EditorRequired] public Caller Caller { get; set; } = null!;

    /// <summary>Something was sent since it was last told: the webhook may be doing better or worse.</summary>
    [Parameter] public EventCallback OnNews { get; set; }

    [SupplyParameterFromQuery] public string? State { get; set; }

    [SupplyParameterFromQuery] public string? Type { get; set; }

    [SupplyParameterFromQuery] public string? Cursor { get; set; }

    [SupplyParameterFromQuery(Name = "limit")] public string? LimitText { get; set; }

    [SupplyParameterFromQuery(Name = "delivery")] public string? DeliveryText { get; set; }

    private int PageSize => LimitText switch { "25" => 25, "100" => 100, _ => 50 };

    /// <summary>Only the newest page can be followed.</summary>
    private bool IsLive => Cursor is null;

    private bool MayReplay => Caller.May(Permissions.WebhooksReplay) && Item.Subscription.IsEnabled;

    private WebhookDeliveryFilter Filter => new(Enum.TryParse<WebhookDeliveryState>(State, ignoreCase: true, out var state) ? state : null, Type);

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        if (RendererInfo.IsInteractive)
        {
            await LoadAsync();
            await OpenAsync();
        }
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _ = FollowAsync(_stop.Token);
        }
    }

    private async Task LoadAsync() => _state = await LoadState.FromAsync(async () =>
    {
        var page = await log.ListAsync(Caller, Item.Subscription.Id, Filter, new PageRequest(PageSize, Cursor), CancellationToken.None);
        return new TableWindow<WebhookDelivery>(page.Items, page.NextCursor);
    });

    private async Task OpenAsync() => _opened = Guid.TryParse(DeliveryText, out var id)
        ? (await LoadState.FromAsync(() => log.GetAsync(Caller, Item.Subscription.Id, id, CancellationToken.None))).ValueOrDefault
        : null;

    /// <summary>Reads again every two seconds: any portal may send, so there is nobody here to be told by.</summary>
    private async Task FollowAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Beat, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                await InvokeAsync(async () =>
                {
                    if (!IsLive)
                    {
                        return;
                    }

                    var before = Newest();
                    await LoadAsync();
                    if (_opened is not null)
                    {
                        await OpenAsync();
                    }

                    if (before != Newest())
                    {
                        await OnNews.InvokeAsync();
                    }

                    StateHasChanged();
                });
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The page is gone.
        }
    }

    private (Guid?, DateTimeOffset?) Newest() => (_state.ValueOrDefault?.Items.FirstOrDefault()?.Id, _state.ValueOrDefault?.Items.Max(d => d.LastAt));

    private async Task ReplayAsync(WebhookDelivery delivery)
    {
        try
        {
            await log.ReplayAsync(Caller, Item.Subscription.Id, delivery.Id, CancellationToken.None);
            toasts.Success("It goes out again, with the same id");
        }
        catch (LoopaiException e)
        {
            toasts.Failed(e);
        }

        await LoadAsync();
        await OpenAsync();
    }

    private void Clear() => navigation.NavigateTo(navigation.GetUriWithQueryParameters(
        new Dictionary<string, object?>(StringComparer.Ordinal) { ["state"] = null, ["type"] = null, ["cursor"] = null }));

    private void Go(string name, string? value) => navigation.NavigateTo(navigation.GetUriWithQueryParameters(
        new Dictionary<string, object?>(StringComparer.Ordinal) { [name] = string.IsNullOrEmpty(value) ? null : value, ["cursor"] = null }));

    private string With(string name, string? value) => navigation.GetUriWithQueryParameter(name, value);
}
