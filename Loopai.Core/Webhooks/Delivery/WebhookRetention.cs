using Loopai.Core.Access;
using Loopai.Core.Configuration;
using Loopai.Core.Data;
using Loopai.Core.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Loopai.Core.Webhooks.Delivery;

/// <summary>
/// Once an hour: gives up what has waited too long, and ends what is older than the organization keeps executions, for events speak of them. What was made for a
/// subscription that is deleted goes with it.
/// </summary>
public sealed class WebhookRetention(LoopaiData data, IOptions<ExecutionSettings> settings, TimeProvider time, ILogger<WebhookRetention> log)
    : PeriodicWorker(TimeSpan.FromHours(1), time, log)
{
    /// <summary>Rows that one statement deletes: locks are held for moments, however much there is.</summary>
    private const int BatchSize = 5_000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public override async Task RunOnceAsync(CancellationToken ct)
    {
        List<(Guid Id, int? Days)> organizations;
        await using (var db = await data.OpenAsync(Caller.Installation, ct))
        {
            organizations = [.. (await db.Organizations.Where(o => db.WebhookOutboxes.Any(b => b.OrganizationId == o.Id)).Select(o => new { o.Id, o.ExecutionRetentionDays }).ToListAsync(ct))
                .Select(o => (o.Id, o.ExecutionRetentionDays))];
        }

        foreach (var (organization, days) in organizations)
        {
            try
            {
                await using var db = await data.OpenAsync(Caller.Installation, ct);
                db.Database.SetCommandTimeout(Patience);
                await SweepAsync(db, organization, Time.GetUtcNow(), days ?? settings.Value.RetentionDays, ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                log.LogWarning(e, "What webhooks sent in the organization {Organization} cannot be swept now; the next round tries again", organization);
            }
        }
    }

    private static async Task SweepAsync(LoopaiDbContext db, Guid organization, DateTimeOffset now, int days, CancellationToken ct)
    {
        var (tooLong, before) = (now - RetryLadder.Patience, now.AddDays(-days));
        await db.WebhookDeliveries.Where(d => d.OrganizationId == organization && d.NextAt != null && d.Since < tooLong).ExecuteUpdateAsync(
            set => set.SetProperty(d => d.State, WebhookDeliveryState.Dead).SetProperty(d => d.NextAt, (DateTimeOffset?)null)
                .SetProperty(d => d.LastAt, d => d.LastAt ?? now).SetProperty(d => d.LastError, d => d.LastError ?? "It waited too long: the webhook was off, or its receiver failed."),
            ct);
        var over = db.WebhookDeliveries.Where(d => d.OrganizationId == organization
            && ((d.NextAt == null && d.CreatedAt < before) || db.WebhookSubscriptions.Any(s => s.Id == d.SubscriptionId && s.DeletedAt != null)));
        await InBatchesAsync(over.Select(d => d.Id), async ids =>
        {
            await db.WebhookAttempts.Where(a => ids.Contains(a.DeliveryId)).ExecuteDeleteAsync(ct);
            await db.WebhookDeliveries.Where(d => ids.Contains(d.Id)).ExecuteDeleteAsync(ct);
        }, ct);
        var told = db.WebhookEvents.Where(e => e.OrganizationId == organization && e.WaitingSince == null && e.At < before && !db.WebhookDeliveries.Any(d => d.EventId == e.Id));
        await InBatchesAsync(told.Select(e => e.Id), ids => db.WebhookEvents.Where(e => ids.Contains(e.Id)).ExecuteDeleteAsync(ct), ct);
        await db.WebhookSubscriptions.Where(s => s.OrganizationId == organization && s.DeletedAt != null && !db.WebhookDeliveries.Any(d => d.SubscriptionId == s.Id)).ExecuteDeleteAsync(ct);
        await db.WebhookSubscriptions.Where(s => s.OrganizationId == organization && s.OldSecretEndsAt < now).ExecuteUpdateAsync(
            set => set.SetProperty(s => s.ProtectedOldSecret, (byte[]?)null).SetProperty(s => s.OldSecretEndsAt, (DateTimeOffset?)null), ct);
    }

    private static async Task InBatchesAsync(IQueryable<Guid> over, Func<List<Guid>, Task> deleteAsync, CancellationToken ct)
    {
        for (var ids = await over.Take(BatchSize).ToListAsync(ct); ids.Count > 0; ids = await over.Take(BatchSize).ToListAsync(ct))
        {
            await deleteAsync(ids);
        }
    }
}
