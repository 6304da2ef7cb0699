using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Webhooks.Delivery;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Webhooks;

/// <summary>What was sent to a subscription, and sending it again.</summary>
public sealed class WebhookLog(LoopaiData data, WebhookSender sender, TimeProvider time)
{
    /// <summary>Deliveries that one replay sends again.</summary>
    public const int MaxReplay = 10_000;

    /// <summary>One window of the deliveries, newest first.</summary>
    public async Task<Page<WebhookDelivery>> ListAsync(Caller caller, Guid id, WebhookDeliveryFilter filter, PageRequest page, CancellationToken ct)
    {
        caller.Demand(Permissions.WebhooksRead);
        page = page.Validated();
        var before = Cursor.Decode<Before>(page.Cursor)?.Id;
        await using var db = await data.OpenAsync(caller, ct);
        await db.FindWebhookAsync(id, ct);
        var deliveries = Within(db.WebhookDeliveries.AsNoTracking().Where(d => d.SubscriptionId == id), filter.From, filter.To);
        deliveries = filter.State is { } state ? deliveries.Where(d => d.State == state) : deliveries;
        deliveries = string.IsNullOrEmpty(filter.Type) ? deliveries : deliveries.Where(d => d.Type == filter.Type);
        deliveries = before is { } last ? deliveries.Where(d => d.Id.CompareTo(last) < 0) : deliveries;
        var rows = await deliveries.OrderByDescending(d => d.Id).Take(page.Limit + 1).ToListAsync(ct);
        return new Page<WebhookDelivery>([.. rows.Take(page.Limit)], rows.Count > page.Limit ? Cursor.Encode(new Before(rows[page.Limit - 1].Id)) : null);
    }

    /// <summary>One delivery with its event and attempts.</summary>
    public async Task<WebhookDeliveryDetail> GetAsync(Caller caller, Guid id, Guid deliveryId, CancellationToken ct)
    {
        caller.Demand(Permissions.WebhooksRead);
        await using var db = await data.OpenAsync(caller, ct);
        await db.FindWebhookAsync(id, ct);
        var detail = await DetailAsync(db, await FindAsync(db, id, deliveryId, ct), ct);
        return detail with { IsReadable = WebhookRules.MayRead(caller, detail.Event.Type, detail.Event.EnvironmentId) };
    }

    /// <summary>Sends one delivery again, with the same id and body.</summary>
    public async Task<WebhookDelivery> ReplayAsync(Caller caller, Guid id, Guid deliveryId, CancellationToken ct)
    {
        caller.Demand(Permissions.WebhooksReplay);
        await using var db = await data.OpenAsync(caller, ct);
        var subscription = await db.FindWebhookAsync(id, ct);
        DemandOn(subscription);
        var delivery = await FindAsync(db, id, deliveryId, ct);
        if (delivery.Type == WebhookTypes.Test)
        {
            throw WebhookErrors.TestNotReplayed();
        }

        WebhookRules.DemandRead(caller, delivery.Type, await db.WebhookEvents.Where(e => e.Id == delivery.EventId).Select(e => e.EnvironmentId).SingleAsync(ct));
        var now = time.GetUtcNow();
        if (delivery.NextAt <= now)
        {
            throw WebhookErrors.NothingToReplay();
        }

        db.Attach(delivery);
        (delivery.State, delivery.Attempts, delivery.NextAt, delivery.Since) = (WebhookDeliveryState.Pending, 0, now, now);
        db.Record(caller, "webhook.replayed", WebhookService.Kind, id, new { subscription.Name, delivery = deliveryId, @event = WebhookEvent.MessageIdOf(delivery.EventId), delivery.Type });
        await db.SaveChangesAsync(ct);
        return delivery;
    }

    /// <summary>Sends again what a subscription was sent between two moments, or only counts it.</summary>
    public async Task<WebhookReplayed> ReplayAsync(Caller caller, Guid id, WebhookReplay replay, CancellationToken ct)
    {
        caller.Demand(Permissions.WebhooksReplay);
        new FieldErrors().AddIf(replay.From is null, "from", "Say from when on.").AddIf(replay.Which is null, "which", "Say what to replay: failed, dead or all.")
            .AddIf(replay.To <= replay.From, "to", "The end lies after the beginning.").ThrowIfAny("webhook.replay_invalid", "The replay cannot be made like this.");
        await using var db = await data.OpenAsync(caller, ct);
        var subscription = await db.FindWebhookAsync(id, ct);
        DemandOn(subscription);
        var now = time.GetUtcNow();

        // What is due anyway is not replayed, and neither are tests.
        var deliveries = Within(db.WebhookDeliveries.Where(d => d.SubscriptionId == id && d.Type != WebhookTypes.Test && (d.NextAt == null || d.NextAt > now)), replay.From, replay.To);
        deliveries = replay.Which switch
        {
            WebhookReplayScope.Failed => deliveries.Where(d => d.State == WebhookDeliveryState.Failed || d.State == WebhookDeliveryState.Dead),
            WebhookReplayScope.Dead => deliveries.Where(d => d.State == WebhookDeliveryState.Dead),
            _ => deliveries,
        };
        foreach (var kind in await deliveries.Join(db.WebhookEvents, d => d.EventId, e => e.Id, (d, e) => new { e.Type, e.EnvironmentId }).Distinct().ToListAsync(ct))
        {
            WebhookRules.DemandRead(caller, kind.Type, kind.EnvironmentId);
        }

        var count = await deliveries.CountAsync(ct);
        if (replay.DryRun)
        {
            return new WebhookReplayed(count, false);
        }

        if (count > MaxReplay)
        {
            throw WebhookErrors.TooManyToReplay(count, MaxReplay);
        }

        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        count = await deliveries.ExecuteUpdateAsync(
            set => set.SetProperty(d => d.State, WebhookDeliveryState.Pending).SetProperty(d => d.Attempts, 0).SetProperty(d => d.NextAt, now).SetProperty(d => d.Since, now), ct);
        db.Record(caller, "webhook.replayed", WebhookService.Kind, id, new { subscription.Name, replay.From, replay.To, replay.Which, count });
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return new WebhookReplayed(count, true);
    }

    /// <summary>
    /// Sends a made-up event at once, also where the subscription is off or left alone for a while, and tells what came of it. It is not tried again; where it is taken,
    /// the receiver is left alone no longer.
    /// </summary>
    public async Task<WebhookDeliveryDetail> TestAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.WebhooksManage);
        WebhookSubscription subscription;
        await using (var db = await data.OpenAsync(caller, ct))
        {
            subscription = await db.FindWebhookAsync(id, ct);
        }

        var told = WebhookPublishing.Make(
            caller.OrganizationId, WebhookTypes.Test, new { message = "This is a test from Loopai.", subscription = subscription.Name, by = caller.Name }, subscription.EnvironmentId, null);
        told.WaitingSince = null;
        var now = time.GetUtcNow();
        var delivery = new WebhookDelivery
        {
            Id = Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, SubscriptionId = id, EventId = told.Id, Type = told.Type, Sequence = 0, Since = now, CreatedAt = now,
        };

        // No connection is held while the receiver is waited for. What was sent is kept, also for whoever has gone meanwhile.
        var sent = await sender.SendAsync(subscription, delivery, told, ct);
        WebhookOutcome.Note(delivery, sent, time.GetUtcNow(), mayRetry: false);
        await KeepAsync(caller, subscription, new WebhookDeliveryDetail(delivery, told, [sent.Attempt]), sent.Taken, CancellationToken.None);
        return new WebhookDeliveryDetail(delivery, told, [sent.Attempt]);
    }

    private async Task KeepAsync(Caller caller, WebhookSubscription subscription, WebhookDeliveryDetail test, bool taken, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(caller, ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        db.Add(test.Event);
        db.Add(test.Delivery);
        db.AddRange(test.Attempts);
        db.Record(caller, "webhook.tested", WebhookService.Kind, subscription.Id, taken ? AuditResult.Success : AuditResult.Failed, test.Delivery.LastError, new { subscription.Name });
        await db.SaveChangesAsync(ct);
        if (taken)
        {
            await db.WebhookSubscriptions.Where(s => s.Id == subscription.Id).ExecuteUpdateAsync(
                set => set.SetProperty(s => s.Failures, 0).SetProperty(s => s.PausedUntil, (DateTimeOffset?)null).SetProperty(s => s.SucceededAt, test.Delivery.LastAt), ct);
        }

        await transaction.CommitAsync(ct);
    }

    private static IQueryable<WebhookDelivery> Within(IQueryable<WebhookDelivery> deliveries, DateTimeOffset? from, DateTimeOffset? to)
    {
        deliveries = from is { } since ? deliveries.Where(d => d.CreatedAt >= since) : deliveries;
        return to is { } until ? deliveries.Where(d => d.CreatedAt < until) : deliveries;
    }

    private static void DemandOn(WebhookSubscription subscription)
    {
        if (!subscription.IsEnabled)
        {
            throw WebhookErrors.Off(subscription.Name);
        }
    }

    private static async Task<WebhookDelivery> FindAsync(LoopaiDbContext db, Guid id, Guid deliveryId, CancellationToken ct) =>
        await db.WebhookDeliveries.AsNoTracking().FirstOrDefaultAsync(d => d.Id == deliveryId && d.SubscriptionId == id, ct) ?? throw WebhookErrors.DeliveryNotFound(deliveryId);

    private static async Task<WebhookDeliveryDetail> DetailAsync(LoopaiDbContext db, WebhookDelivery delivery, CancellationToken ct) => new(
        delivery, await db.WebhookEvents.AsNoTracking().SingleAsync(e => e.Id == delivery.EventId, ct),
        await db.WebhookAttempts.AsNoTracking().Where(a => a.DeliveryId == delivery.Id).OrderByDescending(a => a.Id).ToListAsync(ct));

    private sealed record Before(Guid Id);
}
