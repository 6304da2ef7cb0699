using Loopai.Core.Workers;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Webhooks.Delivery;

/// <summary>Twice a second: turns to the subscriptions that have something due. Every portal has one.</summary>
public sealed class WebhookWorker(WebhookCourier courier, TimeProvider time, ILogger<WebhookWorker> log)
    : PeriodicWorker(TimeSpan.FromMilliseconds(500), time, log)
{
    /// <summary>Subscriptions under way on one portal: each holds a connection for moments and waits for its receiver.</summary>
    private const int AtOnce = 64;

    /// <summary>Of one organization, so that its slow receivers leave room for the others'.</summary>
    private const int OfOneAtOnce = 16;

    /// <summary>Subscriptions to choose from: more than an organization may have.</summary>
    private const int Candidates = 4 * WebhookService.MaxSubscriptions;

    private readonly List<(Guid Organization, Task Delivering)> _underWay = [];

    public override async Task RunOnceAsync(CancellationToken ct)
    {
        // Nobody waits for a slow receiver: what is under way has its lease, and is not due.
        _underWay.RemoveAll(one => one.Delivering.IsCompleted);
        if (_underWay.Count >= AtOnce)
        {
            return;
        }

        var busy = _underWay.CountBy(one => one.Organization).ToDictionary();
        foreach (var place in await courier.FindDueAsync(Candidates, [.. busy.Where(b => b.Value >= OfOneAtOnce).Select(b => b.Key)], ct))
        {
            var count = busy.GetValueOrDefault(place.OrganizationId);
            if (count < OfOneAtOnce && _underWay.Count < AtOnce)
            {
                busy[place.OrganizationId] = count + 1;
                _underWay.Add((place.OrganizationId, DeliverAsync(place, ct)));
            }
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(_underWay.Select(one => one.Delivering));
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
