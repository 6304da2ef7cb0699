using Loopai.Core.Configuration;
using Loopai.Core.Webhooks.Delivery;
using Loopai.Portal.Tests.Data;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Loopai.Portal.Tests.Webhooks;

/// <summary>What goes, and when.</summary>
public sealed class WebhookRetentionTests(LoopaiDatabaseFixture fixture) : WebhookScene(fixture)
{
    [Fact]
    public async Task Sweep_DeletedAndOld_GoWithTheirAttempts()
    {
        var (old, deleted) = (await Given.SubscribeAsync(Receiver.Url, types: "task.*"), await Given.SubscribeAsync(Receiver.Url, types: "task.*"));
        await Given.PublishAsync(2);
        await Given.DeliverAsync(old);
        await Given.DeliverAsync(deleted);
        await Given.Webhooks.DeleteAsync(Given.Caller, deleted.Item.Subscription.Id, default);
        using var retention = new WebhookRetention(
            Fixture.Data, Options.Create(new ExecutionSettings { RetentionDays = 90 }), Given.Clock,
            NullLogger<WebhookRetention>.Instance);

        await retention.RunOnceAsync(default);
        (await CountAsync("webhook_deliveries"), await CountAsync("webhook_attempts"), await CountAsync("webhook_subscriptions")).ShouldBe((2, 2, 1));
        Given.Clock.Step(TimeSpan.FromDays(91));
        await retention.RunOnceAsync(default);

        (await CountAsync("webhook_deliveries"), await CountAsync("webhook_attempts"), await CountAsync("webhook_events")).ShouldBe((0, 0, 0));
    }

    private async Task<long> CountAsync(string table) =>
        (long)(await Fixture.Database.AsOwnerAsync($"SELECT count(*) FROM {table} WHERE organization_id = '{Given.Organization.Id}'"))!;
}
