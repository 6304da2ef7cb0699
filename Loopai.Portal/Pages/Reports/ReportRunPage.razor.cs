using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Notifications;
using Loopai.Core.Reports.Delivery;
using Loopai.Core.Reports.Running;

namespace Loopai.Portal.Pages.Reports;

/// <summary>A run: how far it is, its files, its mails and what happened. It follows until nothing changes any more.</summary>
public sealed partial class ReportRunPage(RunService runs, IMailSender mail, Toasts toasts, TimeProvider clock) : ComponentBase
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private LoadState<RunDetail> _state = LoadState<RunDetail>.Loading;
    private Crumb[] _crumbs = [];
    private Guid? _loaded;

    [Parameter] public string Org { get; set; } = "";

    [Parameter] public Guid RunId { get; set; }

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        _crumbs = [new Crumb("Reports", PortalUrls.Reports(Org, Shell.Environment))];
        if (RendererInfo.IsInteractive && _loaded != RunId)
        {
            (_loaded, _state) = (RunId, LoadState<RunDetail>.Loading);
            await LoadAsync();
            _ = FollowAsync(_stop.Token);
        }
    }

    private async Task LoadAsync() => _state = await LoadState.FromAsync(() => runs.GetAsync(Caller, RunId, CancellationToken.None));

    private async Task FollowAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Beat, clock);
        try
        {
            while (_state.ValueOrDefault is { } shown && (!shown.Run.IsOver || shown.Deliveries.Any(d => d.Status is DeliveryStatus.Waiting or DeliveryStatus.Sending))
                && await timer.WaitForNextTickAsync(ct))
            {
                await InvokeAsync(async () =>
                {
                    await LoadAsync();
                    StateHasChanged();
                });
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The page is gone.
        }
    }

    private IMailSender Mail => mail;

    private bool MayManage(ReportRun run) => run.OwnerId == Caller.PersonId || Caller.May(Permissions.JobsManage);

    private Task CancelAsync() => ActAsync(() => runs.CancelAsync(Caller, RunId, CancellationToken.None));

    private Task RetryAsync() => ActAsync(() => runs.RetryAsync(Caller, RunId, CancellationToken.None));

    private Task SendAgainAsync(ReportDelivery delivery) => ActAsync(() => runs.SendAgainAsync(Caller, RunId, delivery.Id, CancellationToken.None));

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
        _ = FollowAsync(_stop.Token);
    }
}
