using Loopai.Core.Workers;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Webhooks.Delivery;

/// <summary>Twice a second: makes deliveries of what happened, and turns to the subscriptions that have something due. Every portal has one.</summary>
public sealed class WebhookWorker(WebhookDispatch dispatch, WebhookCourier courier, TimeProvider time, ILogger<WebhookWorker> log)
    : PeriodicWorker(TimeSpan.FromMilliseconds(500), time, log)
{
    /// <summary>Subscriptions under way on one portal: each holds a connection for moments and waits for its receiver.</summary>
    private const int AtOnce = 64;

    private readonly List<Task> _underWay = [];

    public override async Task RunOnceAsync(CancellationToken ct)
    {
        await dispatch.DispatchAsync(ct);

        // Nobody waits for a slow receiver: what is under way has its lease, and is not due.
        _underWay.RemoveAll(delivering => delivering.IsCompleted);
        if (_underWay.Count < AtOnce)
        {
            foreach (var place in await courier.FindDueAsync(AtOnce - _underWay.Count, ct))
            {
                _underWay.Add(DeliverAsync(place, ct));
            }
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(_underWay);
    }

    private async Task DeliverAsync(WebhookPlace place, CancellationToken ct)
    {
        try
        {
            await courier.DeliverAsync(place, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The portal stops; what was under way is repeated by whoever comes next.
        }
        catch (Exception e)
        {
            log.LogWarning(e, "Webhook {Webhook} cannot be delivered to now; its lease runs out, and it is tried again", place.SubscriptionId);
        }
    }
}
