using System.Diagnostics;
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

    /// <summary>After that a long backlog lets the others have their turn.</summary>
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(5);

    /// <summary>Subscriptions that have something due, whoever has waited longest first.</summary>
    /// <param name="most">So many at most.</param>
    /// <param name="except">None of these organizations.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<IReadOnlyList<WebhookPlace>> FindDueAsync(int most, Guid[] except, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var now = time.GetUtcNow();
        return await db.WebhookSubscriptions
            .Where(s => s.IsEnabled && s.DeletedAt == null && (s.PausedUntil == null || s.PausedUntil <= now) && (s.LeaseUntil == null || s.LeaseUntil < now)
                && !except.Contains(s.OrganizationId) && db.Organizations.Any(o => o.Id == s.OrganizationId && o.DeletedAt == null)
                && db.WebhookDeliveries.Any(d => d.SubscriptionId == s.Id && d.NextAt <= now)
                && (!s.IsOrdered || !db.WebhookDeliveries.Any(d => d.SubscriptionId == s.Id && d.NextAt > now)))
            .OrderBy(s => s.ServedAt != null).ThenBy(s => s.ServedAt).Take(most)
            .Select(s => new WebhookPlace(s.OrganizationId, s.Id)).ToListAsync(ct);
    }

    /// <summary>Delivers what is due to a subscription; how many attempts that were. None where another portal is at it.</summary>
    public async Task<int> DeliverAsync(WebhookPlace place, CancellationToken ct)
    {
        DateTimeOffset? held = null;
        var (attempts, since) = (0, Stopwatch.GetTimestamp());
        while (true)
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
            var done = outcomes.Length == 0 || Stopwatch.GetElapsedTime(since) >= Turn;
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
        try
        {
            return await KeepAsync(subscription, [.. outcomes.Select(o => o.Outcome)], done, ct);
        }
        catch (DbUpdateException)
        {
            // What the database refuses of one answer takes no other outcome with it, or all would be sent again for ever.
            return await KeepAsync(subscription, [.. outcomes.Select(o => o.Outcome.Bare())], done, ct);
        }
    }

    private async Task<bool> KeepAsync(WebhookSubscription sent, IReadOnlyList<WebhookOutcome> outcomes, bool done, CancellationToken ct)
    {
        var (now, held) = (Now(), sent.LeaseUntil);
        await using var db = await data.OpenAsync(Caller.System(sent.OrganizationId), ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var mine = db.WebhookSubscriptions.Where(s => s.Id == sent.Id && s.LeaseUntil == held);
        if (await mine.ExecuteUpdateAsync(set => set.SetProperty(s => s.ServedAt, now), ct) == 0)
        {
            return false;
        }

        // What was sent as the subscription was says nothing of the address that it has now.
        var current = await db.WebhookSubscriptions.AsNoTracking().SingleAsync(s => s.Id == sent.Id, ct);
        var isSame = current.Revision == sent.Revision;
        var isGone = isSame && outcomes.Any(o => o.IsGone);
        var ids = outcomes.Select(o => o.Attempt.DeliveryId).ToArray();
        var deliveries = await db.WebhookDeliveries.Where(d => ids.Contains(d.Id)).ToDictionaryAsync(d => d.Id, ct);
        foreach (var outcome in outcomes.Where(o => deliveries.ContainsKey(o.Attempt.DeliveryId)))
        {
            var delivery = deliveries[outcome.Attempt.DeliveryId];
            WebhookOutcome.Note(delivery, outcome, now, mayRetry: isSame ? !outcome.IsGone : WebhookTypes.AnyMatches(current.EventTypes, delivery.Type));
            WebhookCircuit.Note(current, outcome.Taken, now);
            db.WebhookAttempts.Add(outcome.Attempt);
        }

        var isOver = done || isGone || (isSame && current.PausedUntil > now);
        DateTimeOffset? lease = isOver ? null : held;
        if (isSame)
        {
            await mine.ExecuteUpdateAsync(
                set => set.SetProperty(s => s.LeaseUntil, lease).SetProperty(s => s.Failures, current.Failures).SetProperty(s => s.PausedUntil, current.PausedUntil)
                    .SetProperty(s => s.SucceededAt, current.SucceededAt),
                ct);
        }
        else
        {
            await mine.ExecuteUpdateAsync(set => set.SetProperty(s => s.LeaseUntil, lease), ct);
        }

        if (isGone)
        {
            await SwitchOffAsync(db, sent, now, ct);
        }

        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        if (isGone)
        {
            await notices.TellGoneAsync(sent, ct);
        }

        return !isOver;
    }

    /// <summary>Apart from what every batch writes, for all portals are told when this changes.</summary>
    private static async Task SwitchOffAsync(LoopaiDbContext db, WebhookSubscription subscription, DateTimeOffset now, CancellationToken ct)
    {
        var reason = $"The receiver answered 410: it is gone. ({now:yyyy-MM-dd HH:mm} UTC)";
        await db.WebhookSubscriptions.Where(s => s.Id == subscription.Id).ExecuteUpdateAsync(set => set.SetProperty(s => s.IsEnabled, false).SetProperty(s => s.DisabledReason, reason), ct);
        db.Record(Caller.System(subscription.OrganizationId), "webhook.disabled", WebhookService.Kind, subscription.Id, AuditResult.Success, reason, new { subscription.Name, subscription.Url });
    }

    /// <summary>Whole milliseconds: a lease that is read back has to equal the one that was written.</summary>
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    private sealed record DueDelivery(WebhookDelivery Delivery, WebhookEvent Event);
}

/// <summary>A subscription, and whose it is.</summary>
public sealed record WebhookPlace(Guid OrganizationId, Guid SubscriptionId);
