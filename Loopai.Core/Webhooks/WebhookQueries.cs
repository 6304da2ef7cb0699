using Loopai.Core.Data;
using Loopai.Core.Plugins.Packages;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Webhooks;

internal static class WebhookQueries
{
    private static readonly TimeSpan Lately = TimeSpan.FromDays(1);

    public static async Task<WebhookSubscription> FindWebhookAsync(this LoopaiDbContext db, Guid id, CancellationToken ct) =>
        await db.WebhookSubscriptions.FirstOrDefaultAsync(s => s.Id == id && s.DeletedAt == null, ct) ?? throw WebhookErrors.NotFound(id);

    /// <summary>Subscriptions whose events were given up since then and not replayed, and those that Loopai switched off.</summary>
    public static async Task<IReadOnlyList<WebhookGivenUp>> GivenUpAsync(this LoopaiDbContext db, DateTimeOffset since, CancellationToken ct)
    {
        var rows = await db.WebhookSubscriptions.AsNoTracking().Where(s => s.DeletedAt == null)
            .Select(s => new
            {
                s.Id, s.Name, IsGone = s.DisabledReason != null, s.UpdatedAt,
                Dead = db.WebhookDeliveries.Count(d => d.SubscriptionId == s.Id && d.State == WebhookDeliveryState.Dead && d.Type != WebhookTypes.Test && d.LastAt > since),
                Last = db.WebhookDeliveries.Where(d => d.SubscriptionId == s.Id && d.State == WebhookDeliveryState.Dead && d.Type != WebhookTypes.Test).Max(d => d.LastAt),
            })
            .Where(s => s.IsGone || s.Dead > 0).ToListAsync(ct);
        return [.. rows.Select(r => new WebhookGivenUp(r.Id, r.Name, r.Dead, r.Last ?? r.UpdatedAt))];
    }

    /// <summary>What waits for a subscription and is not of the types and the environment that it asks for now is not sent any more.</summary>
    public static async Task GiveUpUnwantedAsync(this LoopaiDbContext db, WebhookSubscription subscription, CancellationToken ct)
    {
        var waiting = db.WebhookDeliveries.Where(d => d.SubscriptionId == subscription.Id && d.NextAt != null);
        var types = await waiting.Select(d => d.Type).Distinct().ToListAsync(ct);
        var unwanted = types.FindAll(type => !WebhookTypes.AnyMatches(subscription.EventTypes, type));
        var environment = subscription.EnvironmentId;
        await waiting.Where(d => unwanted.Contains(d.Type) || (environment != null && db.WebhookEvents.Any(e => e.Id == d.EventId && e.EnvironmentId != null && e.EnvironmentId != environment)))
            .ExecuteUpdateAsync(
                set => set.SetProperty(d => d.State, WebhookDeliveryState.Dead).SetProperty(d => d.NextAt, (DateTimeOffset?)null)
                    .SetProperty(d => d.LastError, "The webhook was changed, and does not ask for this event any more."),
                ct);
    }

    /// <summary>With what they did in the last day, in the order given.</summary>
    public static async Task<IReadOnlyList<WebhookItem>> ItemsAsync(this LoopaiDbContext db, IReadOnlyList<WebhookSubscription> subscriptions, DateTimeOffset now, CancellationToken ct)
    {
        var ids = subscriptions.Select(s => s.Id).ToArray();
        var since = now - Lately;

        // Ids are in order of time, so the window is a piece of the index.
        var first = Guid.CreateVersion7(since);
        var sums = await db.WebhookDeliveries.Where(d => ids.Contains(d.SubscriptionId) && (d.Id.CompareTo(first) > 0 || d.NextAt != null))
            .GroupBy(d => d.SubscriptionId)
            .Select(g => new
            {
                g.Key,
                Succeeded = g.Count(d => d.State == WebhookDeliveryState.Succeeded),
                Failed = g.Count(d => d.State == WebhookDeliveryState.Failed || d.State == WebhookDeliveryState.Dead),
                Waiting = g.Count(d => d.NextAt != null),
                LastAt = g.Max(d => d.LastAt),
            })
            .ToDictionaryAsync(g => g.Key, ct);
        var environments = await db.Environments.AsNoTracking().ToDictionaryAsync(e => e.Id, e => e.Key, ct);
        var handlers = await db.PluginInstallations.Where(i => i.Kind == PluginKind.WebhookHandler).ToDictionaryAsync(i => i.Id, i => i.Key, ct);
        return
        [
            .. subscriptions.Select(s => new WebhookItem(
                s, s.EnvironmentId is { } environment ? environments.GetValueOrDefault(environment) : null, sums.GetValueOrDefault(s.Id)?.Succeeded ?? 0,
                sums.GetValueOrDefault(s.Id)?.Failed ?? 0, sums.GetValueOrDefault(s.Id)?.Waiting ?? 0, sums.GetValueOrDefault(s.Id)?.LastAt ?? s.SucceededAt)
            {
                Handler = s.HandlerId is { } handler ? handlers.GetValueOrDefault(handler) : null,
            }),
        ];
    }
}

/// <param name="Id">The subscription.</param>
/// <param name="Name">Its name.</param>
/// <param name="Dead">Deliveries that were given up lately.</param>
/// <param name="Since">When the last was.</param>
internal sealed record WebhookGivenUp(Guid Id, string Name, int Dead, DateTimeOffset Since);
