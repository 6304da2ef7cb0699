using System.Text;
using System.Text.Json;
using Loopai.Core.Analytics;
using Loopai.Core.Audit;
using Loopai.Core.Configuration;
using Loopai.Core.Tasks;
using Loopai.Core.Validation;
using Loopai.Core.Webhooks;
using Loopai.Core.Webhooks.Delivery;
using Loopai.Portal.Tests.Audit;
using Loopai.Portal.Tests.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Loopai.Portal.Tests.Webhooks;

/// <summary>Events on their way to receivers that fail, stall, die and come back: none lost, each with one id.</summary>
public sealed class WebhookDeliveryTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>, IAsyncLifetime
{
    private GivenWebhook _given = null!;
    private AuditReceiver _receiver = null!;

    public async Task InitializeAsync()
    {
        _receiver = await AuditReceiver.StartAsync();
        _given = new GivenWebhook(fixture.Database, await fixture.Database.AddOrganizationAsync());
    }

    public async Task DisposeAsync()
    {
        // What a test leaves behind is not for the next one to find due.
        await fixture.Database.AsOwnerAsync("UPDATE webhook_subscriptions SET is_enabled = false");
        _given.Dispose();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task Publish_ChangeIsTakenBack_TellsNothing()
    {
        await _given.SubscribeAsync(_receiver.Url);
        await using (var db = await fixture.Data.OpenAsync(_given.Caller, default))
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            db.Record(_given.Caller, "task.created", "task", Guid.CreateVersion7(), new { name = "spam" });
            await db.SaveChangesAsync();
            (await db.WebhookEvents.CountAsync()).ShouldBe(1, "the audit record of a change is its event");
        }

        (await _given.Dispatch.DispatchAsync(default)).ShouldBe(0);
    }

    [Fact]
    public async Task Dispatch_Filters_LetThroughWhatIsWanted()
    {
        var (task, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await using (var db = await fixture.Data.OpenAsync(_given.Caller, default))
        {
            db.Tasks.Add(new TaskDefinition
            {
                Id = task, OrganizationId = _given.Organization.Id, Name = "Spam", InputSchema = "{}", OutputSchema = "{}", Sampling = new SamplingPolicy(), SpecificationHash = "",
                CreatedBy = "test", CreatedAt = _given.Clock.GetUtcNow(), UpdatedAt = _given.Clock.GetUtcNow(),
            });
            await db.SaveChangesAsync();
        }

        var narrow = await _given.Webhooks.CreateAsync(
            _given.Caller,
            new WebhookDefinition { Name = "n", Url = _receiver.Url, EventTypes = ["execution.*"], TaskIds = [task], Environment = "production", Condition = JsonElement.Parse("""{"status":"timeout"}""") }, default);
        await using (var db = await fixture.Data.OpenAsync(_given.Caller, default))
        {
            var here = _given.Organization.EnvironmentId;
            db.Publish(_given.Organization.Id, WebhookTypes.ExecutionFailed, new { status = "timeout", wanted = true }, here, task);
            db.Publish(_given.Organization.Id, WebhookTypes.ExecutionFailed, new { status = "error" }, here, task);
            db.Publish(_given.Organization.Id, WebhookTypes.ExecutionFailed, new { status = "timeout" }, here, other);
            db.Publish(_given.Organization.Id, WebhookTypes.ExecutionFailed, new { status = "timeout" }, Guid.CreateVersion7(), task);
            db.Publish(_given.Organization.Id, WebhookTypes.ValidationFailed, new { status = "timeout" }, here, task);
            await db.SaveChangesAsync();
        }

        (await _given.Dispatch.DispatchAsync(default)).ShouldBe(1);
        await _given.DeliverAsync(narrow);

        Encoding.UTF8.GetString(_receiver.Requests.Single().Body).ShouldContain("\"wanted\":true");
        await using var after = await fixture.Data.OpenAsync(_given.Caller, default);
        (await after.WebhookEvents.CountAsync()).ShouldBe(1, "what nobody wants is not kept");
    }

    [Fact]
    public async Task Deliver_Fails_ClimbsTheLadderAndIsGivenUp()
    {
        var made = await _given.SubscribeAsync(_receiver.Url);
        _receiver.Behaviour = (_, http) =>
        {
            http.Response.StatusCode = 500;
            return http.Response.WriteAsync("out of order");
        };
        await _given.PublishAsync(1);

        var waits = new List<TimeSpan>();
        for (var delivery = (await _given.DeliveriesAsync(made))[0]; delivery.NextAt is { } next; delivery = (await _given.DeliveriesAsync(made))[0])
        {
            _given.Clock.Step((next - _given.Clock.GetUtcNow()) + TimeSpan.FromMilliseconds(5));
            var at = _given.Clock.GetUtcNow();
            (await _given.DeliverAsync(made)).ShouldBe(1);
            var after = (await _given.DeliveriesAsync(made))[0];
            waits.AddRange(after.NextAt is { } later ? [later - at] : []);
        }

        double[] ladder = [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400];
        waits.Count.ShouldBe(ladder.Length);
        foreach (var (wait, least) in waits.Zip(ladder))
        {
            wait.TotalSeconds.ShouldBeInRange(least - 1, (least * 1.2) + 10);
        }

        var given = (await _given.DeliveriesAsync(made))[0];
        (given.State, given.Attempts, given.LastStatus).ShouldBe((WebhookDeliveryState.Dead, 10, 500));
        _receiver.Requests.Select(r => r.Headers["webhook-id"]).Distinct().Count().ShouldBe(1);
        var detail = await _given.Log.GetAsync(_given.Caller, made.Item.Subscription.Id, given.Id, default);
        detail.Attempts.Count.ShouldBe(10);
        detail.Attempts[0].ResponseBody.ShouldBe("out of order");
        detail.Attempts[^1].ConnectMs.ShouldNotBeNull("the first attempt opened the connection");

        var bell = await new AttentionService(fixture.Data, _given.Clock).ListAsync(_given.Caller, default);
        bell.ShouldContain(item => item.Kind == AttentionKind.WebhookGivenUp && item.TaskName == "Pager" && item.Count == 1);

        _receiver.Behaviour = (_, _) => Task.CompletedTask;
        _given.Clock.Step(TimeSpan.FromMinutes(30));
        (await _given.Log.ReplayAsync(_given.Caller, made.Item.Subscription.Id, new WebhookReplay(given.CreatedAt.AddMinutes(-1), null, WebhookReplayScope.Dead, true), default)).ShouldBe(new WebhookReplayed(1, false));
        await _given.Log.ReplayAsync(_given.Caller, made.Item.Subscription.Id, new WebhookReplay(given.CreatedAt.AddMinutes(-1), null, WebhookReplayScope.Dead, false), default);
        await _given.DeliverAsync(made);
        (await _given.DeliveriesAsync(made))[0].State.ShouldBe(WebhookDeliveryState.Succeeded);
        _receiver.Requests.Select(r => r.Headers["webhook-id"]).Distinct().Count().ShouldBe(1, "a replay is the same event");
    }

    [Fact]
    public async Task Deliver_RetryAfter_IsHonoured()
    {
        var made = await _given.SubscribeAsync(_receiver.Url);
        _receiver.Behaviour = (_, http) =>
        {
            (http.Response.StatusCode, http.Response.Headers.RetryAfter) = (429, "7200");
            return Task.CompletedTask;
        };
        await _given.PublishAsync(1);

        var at = _given.Clock.GetUtcNow();
        await _given.DeliverAsync(made);

        ((await _given.DeliveriesAsync(made))[0].NextAt!.Value - at).TotalSeconds.ShouldBeInRange(7199, 7230);
    }

    [Fact]
    public async Task Deliver_Gone_SwitchesOffAndIsRecorded()
    {
        var made = await _given.SubscribeAsync(_receiver.Url);
        _receiver.Behaviour = (_, http) => Task.FromResult(http.Response.StatusCode = 410);
        await _given.PublishAsync(1);

        await _given.DeliverAsync(made);

        var subscription = await _given.ReadAsync(made);
        (subscription.State, subscription.IsEnabled).ShouldBe((WebhookState.Disabled, false));
        (await _given.DeliveriesAsync(made))[0].State.ShouldBe(WebhookDeliveryState.Dead);
        await using var db = await fixture.Data.OpenAsync(_given.Caller, default);
        (await db.AuditEvents.SingleAsync(e => e.Action == "webhook.disabled")).Reason!.ShouldContain("410");
    }

    [Fact]
    public async Task Deliver_ChangedMeanwhile_TheOldAddressSwitchesNothingOff()
    {
        var made = await _given.SubscribeAsync(_receiver.Url);
        await using var next = await AuditReceiver.StartAsync();
        _receiver.Behaviour = async (_, http) =>
        {
            await _given.Webhooks.UpdateAsync(_given.Caller, made.Item.Subscription.Id, new WebhookDefinition { Url = next.Url }, null, default);
            http.Response.StatusCode = 410;
        };
        await _given.PublishAsync(1);

        await _given.DeliverAsync(made);
        var after = await _given.ReadAsync(made);
        (after.IsEnabled, after.Failures).ShouldBe((true, 0));
        _given.Clock.Step(TimeSpan.FromMinutes(1));
        await _given.DeliverAsync(made);

        next.Requests.Count.ShouldBe(1);
        (await _given.DeliveriesAsync(made))[0].State.ShouldBe(WebhookDeliveryState.Succeeded);
    }

    [Fact]
    public async Task Dispatch_FailsForOne_GoesOnForTheOthers()
    {
        var broken = new GivenWebhook(fixture.Database, await fixture.Database.AddOrganizationAsync());
        await broken.Webhooks.CreateAsync(
            broken.Caller, new WebhookDefinition { Name = "n", Url = _receiver.Url, EventTypes = ["*"], Condition = JsonElement.Parse("""{"status":"timeout"}""") }, default);
        await fixture.Database.AsOwnerAsync($"""
            INSERT INTO webhook_events (id, organization_id, type, at, data, waiting_since) VALUES (gen_random_uuid(), '{broken.Organization.Id}', 'task.created', now(), 'no json', now())
            """);
        var made = await _given.SubscribeAsync(_receiver.Url);

        await _given.PublishAsync(1);

        (await _given.DeliveriesAsync(made)).Count.ShouldBe(1);
        broken.Dispose();
    }

    [Fact]
    public async Task FindDue_OrganizationInItsGrace_IsLeftOut()
    {
        var made = await _given.SubscribeAsync(_receiver.Url);
        await _given.PublishAsync(1);
        (await _given.Courier().FindDueAsync(10, [], default)).ShouldContain(_given.PlaceOf(made));
        (await _given.Courier().FindDueAsync(10, [_given.Organization.Id], default)).ShouldNotContain(_given.PlaceOf(made));

        await fixture.Database.AsOwnerAsync($"UPDATE organizations SET deleted_at = now() WHERE id = '{_given.Organization.Id}'");

        (await _given.Courier().FindDueAsync(10, [], default)).ShouldNotContain(_given.PlaceOf(made));
    }

    [Fact]
    public async Task Deliver_ARedirect_IsNoSuccess()
    {
        var made = await _given.SubscribeAsync(_receiver.Url);
        _receiver.Behaviour = (n, http) =>
        {
            (http.Response.StatusCode, http.Response.Headers.Location) = (n == 0 ? 302 : 200, "/elsewhere");
            return Task.CompletedTask;
        };
        await _given.PublishAsync(1);

        await _given.DeliverAsync(made);

        _receiver.Requests.Count.ShouldBe(1);
        (await _given.DeliveriesAsync(made))[0].State.ShouldBe(WebhookDeliveryState.Failed);
    }

    [Fact]
    public async Task Deliver_KilledInTheMiddle_IsSentAgainWithTheSameId()
    {
        var made = await _given.SubscribeAsync(_receiver.Url);
        using var kill = new CancellationTokenSource();
        _receiver.Behaviour = (n, _) => n == 0 ? kill.CancelAsync() : Task.CompletedTask;
        await _given.PublishAsync(1);

        await Should.ThrowAsync<OperationCanceledException>(_given.Courier().DeliverAsync(_given.PlaceOf(made), kill.Token));
        (await _given.DeliverAsync(made)).ShouldBe(0, "the dead portal's lease still stands");
        (await _given.Courier().FindDueAsync(10, [], default)).ShouldNotContain(_given.PlaceOf(made));
        _given.Clock.Step(WebhookCourier.Lease + TimeSpan.FromSeconds(1));
        (await _given.Courier().FindDueAsync(10, [], default)).ShouldContain(_given.PlaceOf(made));
        await _given.DeliverAsync(made);

        (await _given.DeliveriesAsync(made))[0].State.ShouldBe(WebhookDeliveryState.Succeeded);
        _receiver.Requests.Select(r => r.Headers["webhook-id"]).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Deliver_TwoPortalsAtOnce_SendEachEventOnce()
    {
        var made = await _given.SubscribeAsync(_receiver.Url);
        await _given.PublishAsync(60);

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => _given.DeliverAsync(made)));

        (_receiver.Requests.Count, _receiver.Requests.Select(r => r.Headers["webhook-id"]).Distinct().Count()).ShouldBe((60, 60));
    }

    [Fact]
    public async Task Deliver_Ordered_WaitsForWhatComesFirst()
    {
        var made = await _given.SubscribeAsync(_receiver.Url, ordered: true);
        _receiver.Behaviour = (n, http) => Task.FromResult(http.Response.StatusCode = n == 3 ? 503 : 200);
        await _given.PublishAsync(8);

        await _given.DeliverAsync(made);
        _receiver.Requests.Count.ShouldBe(4);
        (await _given.Courier().FindDueAsync(10, [], default)).ShouldNotContain(_given.PlaceOf(made));
        _given.Clock.Step(TimeSpan.FromSeconds(10));
        await _given.DeliverAsync(made);

        _receiver.Requests.Where(r => r.Status == 200).Select(r => JsonElement.Parse(r.Body).GetProperty("data").GetProperty("number").GetInt32()).ShouldBe([0, 1, 2, 3, 4, 5, 6, 7]);
    }

    [Fact]
    public async Task Deliver_FailsAgainAndAgain_IsLeftAloneAndProbedWithOne()
    {
        var made = await _given.SubscribeAsync(_receiver.Url);
        _receiver.Behaviour = (_, http) => Task.FromResult(http.Response.StatusCode = 500);
        await _given.PublishAsync(40);

        await _given.DeliverAsync(made);
        var opened = _receiver.Requests.Count;
        opened.ShouldBeLessThan(40);
        (await _given.ReadAsync(made)).State.ShouldBe(WebhookState.Paused);
        (await _given.DeliverAsync(made)).ShouldBe(0);

        _given.Clock.Step(TimeSpan.FromHours(1));
        await _given.DeliverAsync(made);
        _receiver.Requests.Count.ShouldBe(opened + 1, "one goes ahead");
        _receiver.Behaviour = (_, _) => Task.CompletedTask;
        _given.Clock.Step(TimeSpan.FromHours(1));
        await _given.DeliverAsync(made);

        _receiver.Requests.Count(r => r.Status == 200).ShouldBe(40, "and all follow when it is taken");
        (await _given.ReadAsync(made)).State.ShouldBe(WebhookState.Delivering);
    }

    [Fact]
    public async Task Worker_TenThousandForASlowReceiver_DelayNobodyElse()
    {
        using var end = new CancellationTokenSource();
        var (givenUp, givenUpBefore) = (0, -1);
        _receiver.Behaviour = (_, http) =>
        {
            http.RequestAborted.Register(() => Interlocked.Increment(ref givenUp));
            return Task.Delay(Timeout.Infinite, end.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        };
        var slow = await _given.SubscribeAsync(_receiver.Url, types: "task.*");
        await using var prompt = await AuditReceiver.StartAsync();
        prompt.Behaviour = (_, _) => Task.FromResult(givenUpBefore = givenUp);
        await _given.SubscribeAsync(prompt.Url, types: "key.*");
        await fixture.Database.AsOwnerAsync($"""
            INSERT INTO webhook_events (id, organization_id, type, at, data) SELECT gen_random_uuid(), '{_given.Organization.Id}', 'task.created', now(), '{"{}"}' FROM generate_series(1, 10000);
            INSERT INTO webhook_deliveries (id, organization_id, subscription_id, event_id, type, sequence, state, attempts, next_at, since, created_at)
              SELECT gen_random_uuid(), organization_id, '{slow.Item.Subscription.Id}', id, type, row_number() OVER (), 'Pending', 0, now(), now(), now() FROM webhook_events WHERE organization_id = '{_given.Organization.Id}'
            """);
        using var worker = new WebhookWorker(_given.Courier(), _given.Clock, NullLogger<WebhookWorker>.Instance);
        await using (var db = await fixture.Data.OpenAsync(_given.Caller, default))
        {
            db.Publish(_given.Organization.Id, "key.created", new { });
            await db.SaveChangesAsync();
        }

        await _given.Dispatch.DispatchAsync(default);
        using var stop = new CancellationTokenSource();
        await worker.RunOnceAsync(stop.Token);
        await Eventually.BecomesAsync(() => Task.FromResult(prompt.Requests.Count), 1);

        givenUpBefore.ShouldBe(0, "the slow one was still waited for; the other was not behind it");
        await stop.CancelAsync();
        await worker.StopAsync(default);
        await end.CancelAsync();
    }

    [Fact]
    public async Task Test_PrivateAddress_IsRefusedAndSaysSo()
    {
        var made = await _given.SubscribeAsync(_receiver.Url.Replace("http:", "https:", StringComparison.Ordinal));
        using var guarded = new GivenWebhook(fixture.Database, _given.Organization, allowPrivateNetworks: false);
        (await guarded.Webhooks.RotateSecretAsync(guarded.Caller, made.Item.Subscription.Id, 0, default)).Secret.ShouldStartWith("whsec_");

        var test = await guarded.Log.TestAsync(guarded.Caller, made.Item.Subscription.Id, default);

        (test.Delivery.State, test.Attempts.Single().Status).ShouldBe((WebhookDeliveryState.Dead, null));
        test.Delivery.LastError!.ShouldContain("is not a public address");
        _receiver.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Sweep_DeletedAndOld_GoWithTheirAttempts()
    {
        var (old, deleted) = (await _given.SubscribeAsync(_receiver.Url, types: "task.*"), await _given.SubscribeAsync(_receiver.Url, types: "task.*"));
        await _given.PublishAsync(2);
        await _given.DeliverAsync(old);
        await _given.DeliverAsync(deleted);
        await _given.Webhooks.DeleteAsync(_given.Caller, deleted.Item.Subscription.Id, default);
        using var retention = new WebhookRetention(
            fixture.Data, Options.Create(new ExecutionSettings { RetentionDays = 90 }), _given.Clock,
            NullLogger<WebhookRetention>.Instance);

        await retention.RunOnceAsync(default);
        (await CountAsync("webhook_deliveries"), await CountAsync("webhook_attempts"), await CountAsync("webhook_subscriptions")).ShouldBe((2, 2, 1));
        _given.Clock.Step(TimeSpan.FromDays(91));
        await retention.RunOnceAsync(default);

        (await CountAsync("webhook_deliveries"), await CountAsync("webhook_attempts"), await CountAsync("webhook_events")).ShouldBe((0, 0, 0));
    }

    private async Task<long> CountAsync(string table) =>
        (long)(await fixture.Database.AsOwnerAsync($"SELECT count(*) FROM {table} WHERE organization_id = '{_given.Organization.Id}'"))!;
}
