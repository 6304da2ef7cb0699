using System.Text.Json;
using Loopai.Core.Webhooks;
using Loopai.Core.Webhooks.Delivery;
using Loopai.Portal.Tests.Audit;
using Loopai.Portal.Tests.Data;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loopai.Portal.Tests.Webhooks;

/// <summary>Who sends what, when: under a lease, in order, past receivers that stall.</summary>
public sealed class WebhookCourierTests(LoopaiDatabaseFixture fixture) : WebhookScene(fixture)
{
    [Fact]
    public async Task FindDue_OrganizationInItsGrace_IsLeftOut()
    {
        var made = await Given.SubscribeAsync(Receiver.Url);
        await Given.PublishAsync(1);
        (await Given.Courier().FindDueAsync(10, [], default)).ShouldContain(Given.PlaceOf(made));
        (await Given.Courier().FindDueAsync(10, [Given.Organization.Id], default)).ShouldNotContain(Given.PlaceOf(made));

        await Fixture.Database.AsOwnerAsync($"UPDATE organizations SET deleted_at = now() WHERE id = '{Given.Organization.Id}'");

        (await Given.Courier().FindDueAsync(10, [], default)).ShouldNotContain(Given.PlaceOf(made));
    }

    [Fact]
    public async Task Deliver_KilledInTheMiddle_IsSentAgainWithTheSameId()
    {
        var made = await Given.SubscribeAsync(Receiver.Url);
        using var kill = new CancellationTokenSource();
        Receiver.Behaviour = (n, _) => n == 0 ? kill.CancelAsync() : Task.CompletedTask;
        await Given.PublishAsync(1);

        await Should.ThrowAsync<OperationCanceledException>(Given.Courier().DeliverAsync(Given.PlaceOf(made), kill.Token));
        (await Given.DeliverAsync(made)).ShouldBe(0, "the dead portal's lease still stands");
        (await Given.Courier().FindDueAsync(10, [], default)).ShouldNotContain(Given.PlaceOf(made));
        Given.Clock.Step(WebhookCourier.Lease + TimeSpan.FromSeconds(1));
        (await Given.Courier().FindDueAsync(10, [], default)).ShouldContain(Given.PlaceOf(made));
        await Given.DeliverAsync(made);

        (await Given.DeliveriesAsync(made))[0].State.ShouldBe(WebhookDeliveryState.Succeeded);
        Receiver.Requests.Select(r => r.Headers["webhook-id"]).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Deliver_TwoPortalsAtOnce_SendEachEventOnce()
    {
        var made = await Given.SubscribeAsync(Receiver.Url);
        await Given.PublishAsync(60);

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Given.DeliverAsync(made)));

        (Receiver.Requests.Count, Receiver.Requests.Select(r => r.Headers["webhook-id"]).Distinct().Count()).ShouldBe((60, 60));
    }

    [Fact]
    public async Task Deliver_Ordered_WaitsForWhatComesFirst()
    {
        var made = await Given.SubscribeAsync(Receiver.Url, ordered: true);
        Receiver.Behaviour = (n, http) => Task.FromResult(http.Response.StatusCode = n == 3 ? 503 : 200);
        await Given.PublishAsync(8);

        await Given.DeliverAsync(made);
        Receiver.Requests.Count.ShouldBe(4);
        (await Given.Courier().FindDueAsync(10, [], default)).ShouldNotContain(Given.PlaceOf(made));
        Given.Clock.Step(TimeSpan.FromSeconds(10));
        await Given.DeliverAsync(made);

        Receiver.Requests.Where(r => r.Status == 200).Select(r => JsonElement.Parse(r.Body).GetProperty("data").GetProperty("number").GetInt32()).ShouldBe([0, 1, 2, 3, 4, 5, 6, 7]);
    }

    [Fact]
    public async Task Deliver_FailsAgainAndAgain_IsLeftAloneAndProbedWithOne()
    {
        var made = await Given.SubscribeAsync(Receiver.Url);
        Receiver.Behaviour = (_, http) => Task.FromResult(http.Response.StatusCode = 500);
        await Given.PublishAsync(40);

        await Given.DeliverAsync(made);
        var opened = Receiver.Requests.Count;
        opened.ShouldBeLessThan(40);
        (await Given.ReadAsync(made)).State.ShouldBe(WebhookState.Paused);
        (await Given.DeliverAsync(made)).ShouldBe(0);

        Given.Clock.Step(TimeSpan.FromHours(1));
        await Given.DeliverAsync(made);
        Receiver.Requests.Count.ShouldBe(opened + 1, "one goes ahead");
        Receiver.Behaviour = (_, _) => Task.CompletedTask;
        Given.Clock.Step(TimeSpan.FromHours(1));
        await Given.DeliverAsync(made);

        Receiver.Requests.Count(r => r.Status == 200).ShouldBe(40, "and all follow when it is taken");
        (await Given.ReadAsync(made)).State.ShouldBe(WebhookState.Delivering);
    }

    [Fact]
    public async Task Worker_TenThousandForASlowReceiver_DelayNobodyElse()
    {
        using var end = new CancellationTokenSource();
        var (givenUp, givenUpBefore) = (0, -1);
        Receiver.Behaviour = (_, http) =>
        {
            http.RequestAborted.Register(() => Interlocked.Increment(ref givenUp));
            return Task.Delay(Timeout.Infinite, end.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        };
        var slow = await Given.SubscribeAsync(Receiver.Url, types: "task.*");
        await using var prompt = await AuditReceiver.StartAsync();
        prompt.Behaviour = (_, _) => Task.FromResult(givenUpBefore = givenUp);
        await Given.SubscribeAsync(prompt.Url, types: "key.*");
        await Fixture.Database.AsOwnerAsync($"""
            INSERT INTO webhook_events (id, organization_id, type, at, data) SELECT gen_random_uuid(), '{Given.Organization.Id}', 'task.created', now(), '{"{}"}' FROM generate_series(1, 10000);
            INSERT INTO webhook_deliveries (id, organization_id, subscription_id, event_id, type, sequence, state, attempts, next_at, since, created_at)
              SELECT gen_random_uuid(), organization_id, '{slow.Item.Subscription.Id}', id, type, row_number() OVER (), 'Pending', 0, now(), now(), now() FROM webhook_events WHERE organization_id = '{Given.Organization.Id}'
            """);
        using var worker = new WebhookWorker(Given.Courier(), Given.Clock, NullLogger<WebhookWorker>.Instance);
        await using (var db = await Fixture.Data.OpenAsync(Given.Caller, default))
        {
            db.Publish(Given.Organization.Id, "key.created", new { });
            await db.SaveChangesAsync();
        }

        await Given.Dispatch.DispatchAsync(default);
        using var stop = new CancellationTokenSource();
        await worker.RunOnceAsync(stop.Token);
        await Eventually.BecomesAsync(() => Task.FromResult(prompt.Requests.Count), 1);

        givenUpBefore.ShouldBe(0, "the slow one was still waited for; the other was not behind it");
        await stop.CancelAsync();
        await worker.StopAsync(default);
        await end.CancelAsync();
    }
}
