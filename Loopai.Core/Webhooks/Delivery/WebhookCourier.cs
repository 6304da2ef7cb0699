using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Webhooks.Delivery;

/// <summary>
/// Delivers to one subscription at a time, under a lease on it: so its order is kept, its load is bounded, and no other subscription waits for it. What came of
/// an attempt is written only where the lease still stands as this portal wrote it; a portal that was given up for dead repeats at most a batch.
/// </summary>
public sealed class WebhookCourier(LoopaiData data, WebhookSender sender, WebhookNotices notices, TimeProvider time)
{
    /// <summary>Requests at once to one subscription that does not ask for order.</summary>
    public const int BatchSize = 8;

    /// <summary>Longer than a batch may take.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    /// <summary>After so many batches a long backlog lets the others have their turn.</summary>
    private const int BatchesATurn = 25;

    /// <summary>Subscriptions that have something due, whoever has waited longest first.</summary>
    public async Task<IReadOnlyList<WebhookPlace>> FindDueAsync(int most, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var now = time.GetUtcNow();
        return await db.WebhookSubscriptions
            .Where(s => s.IsEnabled && s.DeletedAt == null && (s.PausedUntil == null || s.PausedUntil <= now) && (s.LeaseUntil == null || s.LeaseUntil < now)
                && db.WebhookDeliveries.Any(d => d.SubscriptionId == s.Id && d.NextAt <= now)
                && (!s.IsOrdered || !db.WebhookDeliveries.Any(d => d.SubscriptionId == s.Id && d.NextAt > now)))
            .OrderBy(s => s.ServedAt != null).ThenBy(s => s.ServedAt).Take(most)
            .Select(s => new WebhookPlace(s.OrganizationId, s.Id)).ToListAsync(ct);
    }

    /// <summary>Delivers what is due to a subscription; how many attempts that were. None where another portal is at it.</summary>
    public async Task<int> DeliverAsync(WebhookPlace place, CancellationToken ct)
    {
        DateTimeOffset? held = null;
        for (var (batches, attempts) = (0, 0); ; batches++)
        {
            // Read anew each time, for its address or secret may have been put right meanwhile.
            var (subscription, due) = await TakeAsync(place, held, ct);
            if (subscription is null)
            {
                return attempts;
            }

            held = subscription.LeaseUntil;
            var outcomes = await Task.WhenAll(due.Select(async d => (d.Delivery, Outcome: await sender.SendAsync(subscription, d.Delivery, d.Event, ct))));
            attempts += outcomes.Length;
            var done = outcomes.Length == 0 || batches == BatchesATurn - 1;
            if (!await WriteAsync(subscription, outcomes, done, ct) || done)
            {
                return attempts;
            }
        }
    }

    /// <summary>Takes or keeps the lease, and reads what is due; nothing where the subscription is another's, is off, or is left alone for a while.</summary>
    private async Task<(WebhookSubscription? Subscription, List<DueDelivery> Due)> TakeAsync(WebhookPlace place, DateTimeOffset? held, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.System(place.OrganizationId), ct);
        var now = Now();
        var subscription = await db.WebhookSubscriptions.AsNoTracking().FirstOrDefaultAsync(s => s.Id == place.SubscriptionId && s.IsEnabled && s.DeletedAt == null, ct);
        if (subscription is null || subscription.PausedUntil > now || (held is null ? subscription.LeaseUntil >= now : subscription.LeaseUntil != held))
        {
            return (null, []);
        }

        var (before, until) = (subscription.LeaseUntil, now + Lease);
        if (await db.WebhookSubscriptions.Where(s => s.Id == subscription.Id && s.LeaseUntil == before).ExecuteUpdateAsync(set => set.SetProperty(s => s.LeaseUntil, until), ct) == 0)
        {
            return (null, []);
        }

        subscription.LeaseUntil = until;
        var waiting = db.WebhookDeliveries.AsNoTracking().Where(d => d.SubscriptionId == subscription.Id && d.NextAt != null);
        var next = subscription.IsOrdered ? waiting.OrderBy(d => d.Sequence).Take(1) : waiting.Where(d => d.NextAt <= now).OrderBy(d => d.NextAt).ThenBy(d => d.Sequence)
            .Take(WebhookCircuit.IsProbing(subscription) ? 1 : BatchSize);
        var due = await next.Join(db.WebhookEvents, d => d.EventId, e => e.Id, (d, e) => new DueDelivery(d, e)).ToListAsync(ct);

        // Where order counts, what comes first may have to wait, and all others with it.
        return (subscription, due.FindAll(d => d.Delivery.NextAt <= now));
    }

    /// <summary>False when the subscription has gone to another portal, or is to be left alone.</summary>
    private async Task<bool> WriteAsync(WebhookSubscription subscription, (WebhookDelivery Delivery, WebhookOutcome Outcome)[] outcomes, bool done, CancellationToken ct)
    {
        var (now, held) = (Now(), subscription.LeaseUntil);
        await using var db = await data.OpenAsync(Caller.System(subscription.OrganizationId), ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        foreach (var (delivery, outcome) in outcomes)
        {
            WebhookOutcome.Note(delivery, outcome, now, mayRetry: true);
            WebhookCircuit.Note(subscription, outcome.Taken, now);
            db.WebhookDeliveries.Update(delivery);
            db.WebhookAttempts.Add(outcome.Attempt);
        }

        var isGone = outcomes.Any(o => o.Outcome.IsGone);
        var isOver = done || isGone || subscription.PausedUntil > now;
        var (reason, lease) = (isGone ? $"The receiver answered 410: it is gone. ({now:yyyy-MM-dd HH:mm} UTC)" : null, isOver ? null : held);
        if (await db.WebhookSubscriptions.Where(s => s.Id == subscription.Id && s.LeaseUntil == held).ExecuteUpdateAsync(
            set => set.SetProperty(s => s.LeaseUntil, lease).SetProperty(s => s.ServedAt, now).SetProperty(s => s.Failures, subscription.Failures)
                .SetProperty(s => s.PausedUntil, subscription.PausedUntil).SetProperty(s => s.SucceededAt, subscription.SucceededAt)
                .SetProperty(s => s.IsEnabled, s => !isGone && s.IsEnabled).SetProperty(s => s.DisabledReason, s => reason ?? s.DisabledReason),
            ct) == 0)
        {
            return false;
        }

        if (isGone)
        {
            db.Record(Caller.System(subscription.OrganizationId), "webhook.disabled", WebhookService.Kind, subscription.Id, AuditResult.Success, reason, new { subscription.Name, subscription.Url });
        }

        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        if (isGone)
        {
            await notices.TellGoneAsync(subscription, ct);
        }

        return !isOver;
    }

    /// <summary>Whole milliseconds: a lease that is read back has to equal the one that was written.</summary>
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    private sealed record DueDelivery(WebhookDelivery Delivery, WebhookEvent Event);
}

/// <summary>A subscription, and whose it is.</summary>
public sealed record WebhookPlace(Guid OrganizationId, Guid SubscriptionId);
