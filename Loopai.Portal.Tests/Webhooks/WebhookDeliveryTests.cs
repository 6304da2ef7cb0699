using Loopai.Core.Analytics;
using Loopai.Core.Webhooks;
using Loopai.Portal.Tests.Audit;
using Loopai.Portal.Tests.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Portal.Tests.Webhooks;

/// <summary>Events on their way to receivers that fail, move and come back: none lost, each with one id.</summary>
public sealed class WebhookDeliveryTests(LoopaiDatabaseFixture fixture) : WebhookScene(fixture)
{
    [Fact]
    public async Task Deliver_Fails_ClimbsTheLadderAndIsGivenUp()
    {
        var made = await Given.SubscribeAsync(Receiver.Url);
        Receiver.Behaviour = (_, http) =>
        {
            http.Response.StatusCode = 500;
            return http.Response.WriteAsync("out of order");
        };
        await Given.PublishAsync(1);

        var waits = new List<TimeSpan>();
        for (var delivery = (await Given.DeliveriesAsync(made))[0]; delivery.NextAt is { } next; delivery = (await Given.DeliveriesAsync(made))[0])
        {
            Given.Clock.Step((next - Given.Clock.GetUtcNow()) + TimeSpan.FromMilliseconds(5));
            var at = Given.Clock.GetUtcNow();
            (await Given.DeliverAsync(made)).ShouldBe(1);
            var after = (await Given.DeliveriesAsync(made))[0];
            waits.AddRange(after.NextAt is { } later ? [later - at] : []);
        }

        double[] ladder = [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400];
        waits.Count.ShouldBe(ladder.Length);
        foreach (var (wait, least) in waits.Zip(ladder))
        {
            wait.TotalSeconds.ShouldBeInRange(least - 1, (least * 1.2) + 10);
        }

        var given = (await Given.DeliveriesAsync(made))[0];
        (given.State, given.Attempts, given.LastStatus).ShouldBe((WebhookDeliveryState.Dead, 10, 500));
        Receiver.Requests.Select(r => r.Headers["webhook-id"]).Distinct().Count().ShouldBe(1);
        var detail = await Given.Log.GetAsync(Given.Caller, made.Item.Subscription.Id, given.Id, default);
        detail.Attempts.Count.ShouldBe(10);
        detail.Attempts[0].ResponseBody.ShouldBe("out of order");
        detail.Attempts[^1].ConnectMs.ShouldNotBeNull("the first attempt opened the connection");

        var bell = await new AttentionService(Fixture.Data, Given.Clock).ListAsync(Given.Caller, default);
        bell.ShouldContain(item => item.Kind == AttentionKind.WebhookGivenUp && item.TaskName == "Pager" && item.Count == 1);

        Receiver.Behaviour = (_, _) => Task.CompletedTask;
        Given.Clock.Step(TimeSpan.FromMinutes(30));
        (await Given.Log.ReplayAsync(Given.Caller, made.Item.Subscription.Id, new WebhookReplay(given.CreatedAt.AddMinutes(-1), null, WebhookReplayScope.Dead, true), default)).ShouldBe(new WebhookReplayed(1, false));
        await Given.Log.ReplayAsync(Given.Caller, made.Item.Subscription.Id, new WebhookReplay(given.CreatedAt.AddMinutes(-1), null, WebhookReplayScope.Dead, false), default);
        await Given.DeliverAsync(made);
        (await Given.DeliveriesAsync(made))[0].State.ShouldBe(WebhookDeliveryState.Succeeded);
        Receiver.Requests.Select(r => r.Headers["webhook-id"]).Distinct().Count().ShouldBe(1, "a replay is the same event");
    }

    [Fact]
    public async Task Deliver_RetryAfter_IsHonoured()
    {
        var made = await Given.SubscribeAsync(Receiver.Url);
        Receiver.Behaviour = (_, http) =>
        {
            (http.Response.StatusCode, http.Response.Headers.RetryAfter) = (429, "7200");
            return Task.CompletedTask;
        };
        await Given.PublishAsync(1);

        var at = Given.Clock.GetUtcNow();
        await Given.DeliverAsync(made);

        ((await Given.DeliveriesAsync(made))[0].NextAt!.Value - at).TotalSeconds.ShouldBeInRange(7199, 7230);
    }

    [Fact]
    public async Task Deliver_Gone_SwitchesOffAndIsRecorded()
    {
        var made = await Given.SubscribeAsync(Receiver.Url);
        Receiver.Behaviour = (_, http) => Task.FromResult(http.Response.StatusCode = 410);
        await Given.PublishAsync(1);

        await Given.DeliverAsync(made);

        var subscription = await Given.ReadAsync(made);
        (subscription.State, subscription.IsEnabled).ShouldBe((WebhookState.Disabled, false));
        (await Given.DeliveriesAsync(made))[0].State.ShouldBe(WebhookDeliveryState.Dead);
        await using var db = await Fixture.Data.OpenAsync(Given.Caller, default);
        (await db.AuditEvents.SingleAsync(e => e.Action == "webhook.disabled")).Reason!.ShouldContain("410");
    }

    [Fact]
    public async Task Deliver_ChangedMeanwhile_TheOldAddressSwitchesNothingOff()
    {
        var made = await Given.SubscribeAsync(Receiver.Url);
        await using var next = await AuditReceiver.StartAsync();
        Receiver.Behaviour = async (_, http) =>
        {
            await Given.Webhooks.UpdateAsync(Given.Caller, made.Item.Subscription.Id, new WebhookDefinition { Url = next.Url }, null, default);
            http.Response.StatusCode = 410;
        };
        await Given.PublishAsync(1);

        await Given.DeliverAsync(made);
        var after = await Given.ReadAsync(made);
        (after.IsEnabled, after.Failures).ShouldBe((true, 0));
        Given.Clock.Step(TimeSpan.FromMinutes(1));
        await Given.DeliverAsync(made);

        next.Requests.Count.ShouldBe(1);
        (await Given.DeliveriesAsync(made))[0].State.ShouldBe(WebhookDeliveryState.Succeeded);
    }

    [Fact]
    public async Task Deliver_ARedirect_IsNoSuccess()
    {
        var made = await Given.SubscribeAsync(Receiver.Url);
        Receiver.Behaviour = (n, http) =>
        {
            (http.Response.StatusCode, http.Response.Headers.Location) = (n == 0 ? 302 : 200, "/elsewhere");
            return Task.CompletedTask;
        };
        await Given.PublishAsync(1);

        await Given.DeliverAsync(made);

        Receiver.Requests.Count.ShouldBe(1);
        (await Given.DeliveriesAsync(made))[0].State.ShouldBe(WebhookDeliveryState.Failed);
    }

    [Fact]
    public async Task Test_PrivateAddress_IsRefusedAndSaysSo()
    {
        var made = await Given.SubscribeAsync(Receiver.Url.Replace("http:", "https:", StringComparison.Ordinal));
        using var guarded = new GivenWebhook(Fixture.Database, Given.Organization, allowPrivateNetworks: false);
        (await guarded.Webhooks.RotateSecretAsync(guarded.Caller, made.Item.Subscription.Id, 0, default)).Secret.ShouldStartWith("whsec_");

        var test = await guarded.Log.TestAsync(guarded.Caller, made.Item.Subscription.Id, default);

        (test.Delivery.State, test.Attempts.Single().Status).ShouldBe((WebhookDeliveryState.Dead, null));
        test.Delivery.LastError!.ShouldContain("is not a public address");
        Receiver.Requests.ShouldBeEmpty();
    }
}
