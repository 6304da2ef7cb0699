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
    public override async Task RunOnceAsync(CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var organizations = await db.Organizations.Where(o => db.WebhookOutboxes.Any(b => b.OrganizationId == o.Id)).Select(o => new { o.Id, o.ExecutionRetentionDays }).ToListAsync(ct);
        foreach (var organization in organizations)
        {
            await SweepAsync(db, organization.Id, Time.GetUtcNow(), organization.ExecutionRetentionDays ?? settings.Value.RetentionDays, ct);
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
        await db.WebhookAttempts.Where(a => over.Any(d => d.Id == a.DeliveryId)).ExecuteDeleteAsync(ct);
        await over.ExecuteDeleteAsync(ct);
        await db.WebhookEvents.Where(e => e.OrganizationId == organization && e.WaitingSince == null && e.At < before && !db.WebhookDeliveries.Any(d => d.EventId == e.Id)).ExecuteDeleteAsync(ct);
        await db.WebhookSubscriptions.Where(s => s.OrganizationId == organization && s.DeletedAt != null && !db.WebhookDeliveries.Any(d => d.SubscriptionId == s.Id)).ExecuteDeleteAsync(ct);
        await db.WebhookSubscriptions.Where(s => s.OrganizationId == organization && s.OldSecretEndsAt < now).ExecuteUpdateAsync(
            set => set.SetProperty(s => s.ProtectedOldSecret, (byte[]?)null).SetProperty(s => s.OldSecretEndsAt, (DateTimeOffset?)null), ct);
    }
}
