using Loopai.Portal.Tests.Audit;
using Loopai.Portal.Tests.Data;

namespace Loopai.Portal.Tests.Webhooks;

/// <summary>An organization with webhooks, a receiver that does what a test says, and a clock that can be moved.</summary>
public abstract class WebhookScene(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>, IAsyncLifetime
{
    private protected GivenWebhook Given { get; private set; } = null!;

    private protected AuditReceiver Receiver { get; private set; } = null!;

    protected LoopaiDatabaseFixture Fixture => fixture;

    public async Task InitializeAsync()
    {
        Receiver = await AuditReceiver.StartAsync();
        Given = new GivenWebhook(fixture.Database, await fixture.Database.AddOrganizationAsync());
    }

    public async Task DisposeAsync()
    {
        // What a test leaves behind is not for the next one to find due.
        await fixture.Database.AsOwnerAsync("UPDATE webhook_subscriptions SET is_enabled = false");
        Given.Dispose();
        await Receiver.DisposeAsync();
    }
}
