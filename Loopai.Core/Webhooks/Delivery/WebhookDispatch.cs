using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Webhooks.Delivery;

/// <summary>
/// Makes deliveries of events, in the order in which their commits became visible. Writers only add a row and never wait for each other; dispatchers, of which
/// every portal has one, take turns by the row of the organization's <see cref="WebhookOutbox"/>.
/// </summary>
public sealed class WebhookDispatch(LoopaiData data, TimeProvider time)
{
    private const int BatchSize = 500;

    /// <summary>Dispatches what waits, of every organization; how many deliveries were made.</summary>
    public async Task<int> DispatchAsync(CancellationToken ct)
    {
        List<Guid> waiting;
        await using (var db = await data.OpenAsync(Caller.Installation, ct))
        {
            waiting = await db.WebhookEvents.Where(e => e.WaitingSince != null).Select(e => e.OrganizationId).Distinct().ToListAsync(ct);
        }

        var made = 0;
        foreach (var organization in waiting)
        {
            made += await DispatchAsync(organization, ct);
        }

        return made;
    }

    private async Task<int> DispatchAsync(Guid organizationId, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.System(organizationId), ct);
        var made = 0;
        int seen;
        do
        {
            (seen, var deliveries) = await DispatchBatchAsync(db, organizationId, ct);
            made += deliveries;
            db.ChangeTracker.Clear();
        }
        while (seen == BatchSize);

        return made;
    }

    private async Task<(int Seen, int Made)> DispatchBatchAsync(LoopaiDbContext db, Guid organizationId, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);

        // An update locks the row on every provider; only then is it read.
        if (await db.WebhookOutboxes.ExecuteUpdateAsync(set => set.SetProperty(o => o.DispatchedAt, now), ct) == 0)
        {
            // Nobody here has ever asked to be told of anything.
            await db.WebhookEvents.Where(e => e.WaitingSince != null).ExecuteDeleteAsync(ct);
            await transaction.CommitAsync(ct);
            return (0, 0);
        }

        var outbox = await db.WebhookOutboxes.SingleAsync(ct);
        var events = await db.WebhookEvents.AsNoTracking().Where(e => e.WaitingSince != null).OrderBy(e => e.At).ThenBy(e => e.Id).Take(BatchSize).ToListAsync(ct);
        var matches = (await db.WebhookSubscriptions.AsNoTracking().Where(s => s.IsEnabled && s.DeletedAt == null).ToListAsync(ct)).ConvertAll(s => new WebhookMatch(s));
        List<Guid> wanted = [], unwanted = [];
        foreach (var told in events)
        {
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
        return (events.Count, db.ChangeTracker.Entries<WebhookDelivery>().Count());
    }
}
