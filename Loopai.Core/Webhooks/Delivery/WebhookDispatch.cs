using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Webhooks.Delivery;

/// <summary>
/// Makes deliveries of events, in the order in which their commits became visible. Writers only add a row and never wait for each other; dispatchers, of which
/// every portal has one, take turns by the row of the organization's <see cref="WebhookOutbox"/>.
/// </summary>
public sealed class WebhookDispatch(LoopaiData data, TimeProvider time, ILogger<WebhookDispatch> log)
{
    private const int BatchSize = 500;

    /// <summary>Organizations at once: one whose conditions take long holds up few others.</summary>
    private const int AtOnce = 4;

    /// <summary>Dispatches a batch of what waits, of every organization; how many deliveries were made. What fails for one is told in the log, and delays no other.</summary>
    public async Task<int> DispatchAsync(CancellationToken ct)
    {
        List<Guid> waiting;
        await using (var db = await data.OpenAsync(Caller.Installation, ct))
        {
            waiting = await db.WebhookEvents.Where(e => e.WaitingSince != null).Select(e => e.OrganizationId).Distinct().ToListAsync(ct);
        }

        var made = 0;
        await Parallel.ForEachAsync(waiting, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (organization, stop) =>
        {
            try
            {
                Interlocked.Add(ref made, await DispatchAsync(organization, stop));
            }
            catch (Exception e) when (!stop.IsCancellationRequested)
            {
                log.LogWarning(e, "Events of the organization {Organization} cannot be dispatched now; the next round tries again", organization);
            }
        });
        return made;
    }

    private async Task<int> DispatchAsync(Guid organizationId, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await using var db = await data.OpenAsync(Caller.System(organizationId), ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);

        // An update locks the row on every provider; only then is it read.
        if (await db.WebhookOutboxes.ExecuteUpdateAsync(set => set.SetProperty(o => o.DispatchedAt, now), ct) == 0)
        {
            // Nobody here has ever asked to be told of anything; where somebody does at this moment, their events stay.
            await db.WebhookEvents.Where(e => e.WaitingSince != null && !db.WebhookOutboxes.Any()).ExecuteDeleteAsync(ct);
            await transaction.CommitAsync(ct);
            return 0;
        }

        var outbox = await db.WebhookOutboxes.SingleAsync(ct);
        var events = await db.WebhookEvents.AsNoTracking().Where(e => e.WaitingSince != null).OrderBy(e => e.At).ThenBy(e => e.Id).Take(BatchSize).ToListAsync(ct);
        var matches = (await db.WebhookSubscriptions.AsNoTracking().Where(s => s.IsEnabled && s.DeletedAt == null).ToListAsync(ct)).ConvertAll(s => new WebhookMatch(s));
        List<Guid> wanted = [], unwanted = [];
        foreach (var told in events)
        {
            // The outbox is locked meanwhile: where conditions have taken their time, the rest is the next round's.
            if (matches.Exists(match => match.IsSpent))
            {
                break;
            }

            var before = outbox.LastSequence;
            foreach (var match in matches.Where(match => match.Wants(told)))
            {
                db.WebhookDeliveries.Add(new WebhookDelivery
                {
                    Id = Guid.CreateVersion7(now), OrganizationId = organizationId, SubscriptionId = match.Subscription.Id, EventId = told.Id, Type = told.Type,
                    Sequence = ++outbox.LastSequence, NextAt = now, Since = now, CreatedAt = now,
                });
            }

            (outbox.LastSequence > before ? wanted : unwanted).Add(told.Id);
        }

        await db.SaveChangesAsync(ct);
        await db.WebhookEvents.Where(e => wanted.Contains(e.Id)).ExecuteUpdateAsync(set => set.SetProperty(e => e.WaitingSince, (DateTimeOffset?)null), ct);
        await db.WebhookEvents.Where(e => unwanted.Contains(e.Id)).ExecuteDeleteAsync(ct);
        await transaction.CommitAsync(ct);
        return db.ChangeTracker.Entries<WebhookDelivery>().Count();
    }
}
