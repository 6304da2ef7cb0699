using Loopai.Core.Access;
using Loopai.Core.ApiKeys;
using Loopai.Core.Configuration;
using Loopai.Core.Errors;
using Loopai.Core.Notifications;
using Loopai.Portal.Tests.Api;
using Loopai.Portal.Tests.Identity.SignOn;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loopai.Portal.Tests.ApiKeys;

[Collection(PortalCollection.Name)]
public sealed class KeyExpiryWorkerTests(PortalFixture portal)
{
    private readonly Outbox _outbox = new();

    [Fact]
    public async Task WarnAsync_KeyComesToItsEnd_IsToldThreeTimesAndOnceEach()
    {
        var acme = await portal.AddOrganizationAsync("warned");
        var end = DateTimeOffset.UtcNow.AddDays(20);
        await portal.AddKeyAsync(acme.Owner, [Permissions.TasksRead], expiresAt: end);

        (await WarnAsync(acme, end.AddDays(-15))).ShouldBe(0);
        (await WarnAsync(acme, end.AddDays(-13))).ShouldBe(1);
        (await WarnAsync(acme, end.AddDays(-12))).ShouldBe(0);
        (await WarnAsync(acme, end.AddDays(-2))).ShouldBe(1);
        _outbox.Broken = true;
        (await WarnAsync(acme, end.AddHours(-20))).ShouldBe(0);
        _outbox.Broken = false;
        (await WarnAsync(acme, end.AddHours(-19))).ShouldBe(1, "the mail server is back");
        (await WarnAsync(acme, end.AddHours(-1))).ShouldBe(0);
        _outbox.Mails.Where(m => m.To == acme.OwnerEmail).ShouldAllBe(m => m.Subject.Contains("test") && m.Text.Contains($"/o/{acme.Slug}/api-keys/"));
    }

    /// <summary>How many mails came to the organization's owner.</summary>
    private async Task<int> WarnAsync(PortalOrganization organization, DateTimeOffset now)
    {
        var before = _outbox.Mails.Count(m => m.To == organization.OwnerEmail);
        var worker = new KeyExpiryWorker(portal.Database.Data, _outbox, new PortalSettings(), new SettableTime { Now = now }, NullLogger<KeyExpiryWorker>.Instance);
        await worker.WarnAsync(default);
        return _outbox.Mails.Count(m => m.To == organization.OwnerEmail) - before;
    }

    private sealed class Outbox : IMailSender
    {
        public List<MailDraft> Mails { get; } = [];

        public bool Broken { get; set; }

        public bool IsConfigured => true;

        public Task SendAsync(MailDraft mail, CancellationToken ct)
        {
            if (Broken)
            {
                throw new UnavailableException("mail.failed", "The mail server is away.");
            }

            Mails.Add(mail);
            return Task.CompletedTask;
        }
    }
}
