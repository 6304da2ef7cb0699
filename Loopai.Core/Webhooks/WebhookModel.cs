using System.Text.Json;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Loopai.Core.Webhooks;

/// <summary>The tables of webhooks.</summary>
internal static class WebhookModel
{
    private const int TypeLength = 64;

    public static void Configure(ModelBuilder builder)
    {
        builder.Entity<WebhookSubscription>(subscription =>
        {
            subscription.ToTable("webhook_subscriptions");
            subscription.Property(s => s.Id).ValueGeneratedNever();
            subscription.Property(s => s.Name).HasMaxLength(WebhookSubscription.MaxNameLength);
            subscription.Property(s => s.Url).HasMaxLength(WebhookSubscription.MaxUrlLength);
            subscription.Property(s => s.DisabledReason).HasMaxLength(WebhookDelivery.MaxErrorLength);
            List(subscription.Property(s => s.EventTypes));
            List(subscription.Property(s => s.TaskIds));
            List(subscription.Property(s => s.HeaderNames));
            subscription.Property(s => s.CreatedBy).HasMaxLength(LoopaiModel.NameLength);
            subscription.Property(s => s.Revision).IsConcurrencyToken();
            subscription.HasIndex(s => s.OrganizationId);
        });
        builder.Entity<WebhookEvent>(told =>
        {
            told.ToTable("webhook_events");
            told.Property(e => e.Id).ValueGeneratedNever();
            told.Property(e => e.Type).HasMaxLength(TypeLength);
            told.HasIndex(e => new { e.OrganizationId, e.At });

            // What waits is little, whatever the table has grown to.
            told.HasIndex(e => new { e.OrganizationId, e.WaitingSince }).HasFilter("waiting_since IS NOT NULL");
        });
        builder.Entity<WebhookOutbox>(outbox =>
        {
            outbox.ToTable("webhook_outboxes");
            outbox.HasKey(o => o.OrganizationId);
            outbox.Property(o => o.OrganizationId).ValueGeneratedNever();
        });
        builder.Entity<WebhookDelivery>(delivery =>
        {
            delivery.ToTable("webhook_deliveries");
            delivery.Property(d => d.Id).ValueGeneratedNever();
            delivery.Property(d => d.Type).HasMaxLength(TypeLength);
            delivery.Property(d => d.State).HasConversion<string>().HasMaxLength(16);
            delivery.Property(d => d.LastError).HasMaxLength(WebhookDelivery.MaxErrorLength);
            delivery.HasIndex(d => new { d.SubscriptionId, d.Id });
            delivery.HasIndex(d => new { d.SubscriptionId, d.Sequence }).HasFilter("next_at IS NOT NULL");
            delivery.HasIndex(d => new { d.SubscriptionId, d.NextAt }).HasFilter("next_at IS NOT NULL");
            delivery.HasIndex(d => d.EventId);

            // For retention, which looks for the oldest of an organization, and for the bell, which looks for the last that were given up.
            delivery.HasIndex(d => new { d.OrganizationId, d.CreatedAt });
            delivery.HasIndex(d => new { d.SubscriptionId, d.LastAt }).HasFilter("state = 'Dead'");
            delivery.HasOne<WebhookSubscription>().WithMany().HasForeignKey(d => d.SubscriptionId).OnDelete(DeleteBehavior.Restrict);
            delivery.HasOne<WebhookEvent>().WithMany().HasForeignKey(d => d.EventId).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<WebhookAttempt>(attempt =>
        {
            attempt.ToTable("webhook_attempts");
            attempt.Property(a => a.Id).ValueGeneratedNever();
            attempt.Property(a => a.Url).HasMaxLength(WebhookSubscription.MaxUrlLength);
            attempt.Property(a => a.Error).HasMaxLength(WebhookDelivery.MaxErrorLength);
            attempt.HasIndex(a => new { a.DeliveryId, a.Id });
            attempt.HasOne<WebhookDelivery>().WithMany().HasForeignKey(a => a.DeliveryId).OnDelete(DeleteBehavior.Restrict);
        });
    }

    private static void List<T>(PropertyBuilder<IReadOnlyList<T>> list) => list.HasConversion(
        rows => JsonSerializer.Serialize(rows, JsonSerializerOptions.Web), text => JsonSerializer.Deserialize<List<T>>(text, JsonSerializerOptions.Web)!,
        new ValueComparer<IReadOnlyList<T>>((a, b) => a!.SequenceEqual(b!), rows => rows.Count, rows => rows.ToList()));
}
