using Loopai.Core.Access;
using Loopai.Core.Configuration;
using Loopai.Core.Data;
using Loopai.Core.Notifications;
using Loopai.Core.Outbound;
using Loopai.Core.Webhooks;
using Loopai.Core.Webhooks.Delivery;
using Loopai.Infrastructure.Outbound;
using Loopai.Portal.Tests.Data;
using Loopai.Portal.Tests.Plugins.Runtime;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loopai.Portal.Tests.Webhooks;

/// <summary>What delivers webhooks, over a database of its own and a clock that can be moved.</summary>
internal sealed class GivenWebhook : IDisposable
{
    private readonly LoopaiDatabase _database;
    private readonly OutboundHttp _outbound;
    private readonly WebhookNotices _notices;

    public GivenWebhook(LoopaiDatabase database, TestOrganization organization, bool allowPrivateNetworks = true)
    {
        (_database, Organization) = (database, organization);
        _outbound = GuardedHandler.Create(allowPrivateNetworks);
        var secrets = new WebhookSecrets(new EphemeralDataProtectionProvider());
        Interest = new WebhookInterest(database.Data, Clock, NullLogger<WebhookInterest>.Instance);
        Sender = new WebhookSender(_outbound, secrets, GivenPlugins.Handler(database.Data, _outbound), Clock);
        Webhooks = new WebhookService(database.Data, _outbound, secrets, Interest, Clock);
        Log = new WebhookLog(database.Data, Sender, Clock);
        Dispatch = new WebhookDispatch(database.Data, Clock, NullLogger<WebhookDispatch>.Instance);
        _notices = new WebhookNotices(database.Data, new MailQueue(new NoMail(), NullLogger<MailQueue>.Instance), new PortalSettings());
    }

    public TestOrganization Organization { get; }

    public MovedClock Clock { get; } = new();

    public WebhookService Webhooks { get; }

    public WebhookLog Log { get; }

    public WebhookDispatch Dispatch { get; }

    public WebhookInterest Interest { get; }

    public WebhookSender Sender { get; }

    public Caller Caller => Organization.Caller;

    /// <summary>Another portal's.</summary>
    public WebhookCourier Courier() => new(_database.Data, Sender, _notices, Clock);

    public async Task<WebhookWithSecret> SubscribeAsync(string url, bool ordered = false, params string[] types) => await Webhooks.CreateAsync(
        Caller, new WebhookDefinition { Name = "Pager", Url = url, EventTypes = types.Length == 0 ? ["*"] : types, IsOrdered = ordered }, default);

    public WebhookPlace PlaceOf(WebhookWithSecret made) => new(Organization.Id, made.Item.Subscription.Id);

    /// <summary>Tasks are created, in this order.</summary>
    public async Task PublishAsync(int count, string type = "task.created")
    {
        await using var db = await _database.Data.OpenAsync(Caller, default);
        for (var i = 0; i < count; i++)
        {
            db.Publish(Organization.Id, type, new { number = i });
        }

        await db.SaveChangesAsync();
        await Dispatch.DispatchAsync(default);
    }

    /// <summary>Sends what is due to this one.</summary>
    public Task<int> DeliverAsync(WebhookWithSecret made) => Courier().DeliverAsync(PlaceOf(made), default);

    public async Task<IReadOnlyList<WebhookDelivery>> DeliveriesAsync(WebhookWithSecret made)
    {
        await using var db = await _database.Data.OpenAsync(Caller, default);
        return await db.WebhookDeliveries.AsNoTracking().Where(d => d.SubscriptionId == made.Item.Subscription.Id).OrderBy(d => d.Sequence).ToListAsync();
    }

    public async Task<WebhookSubscription> ReadAsync(WebhookWithSecret made) => (await Webhooks.GetAsync(Caller, made.Item.Subscription.Id, default)).Subscription;

    public void Dispose()
    {
        Interest.Dispose();
        _outbound.Client.Dispose();
    }

    internal sealed class MovedClock : TimeProvider
    {
        private TimeSpan _ahead;

        public void Step(TimeSpan by) => _ahead += by;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _ahead;
    }

    private sealed class NoMail : IMailSender
    {
        public bool IsConfigured => false;

        public Task SendAsync(MailDraft mail, CancellationToken ct) => Task.CompletedTask;
    }
}
