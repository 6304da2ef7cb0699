using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Errors;
using Loopai.Core.Outbound;
using Loopai.Core.Webhooks;
using Loopai.Core.Webhooks.Delivery;
using Loopai.Portal.Tests.Audit;
using Loopai.Portal.Tests.Data;
using Loopai.Portal.Tests.Peers;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Portal.Tests.Webhooks;

/// <summary>Subscriptions: who may make which, what is kept of their secrets, and how a receiver knows us.</summary>
public sealed class WebhookServiceTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>, IAsyncLifetime
{
    private GivenWebhook _given = null!;

    public async Task InitializeAsync() => _given = new GivenWebhook(fixture.Database, await fixture.Database.AddOrganizationAsync());

    public Task DisposeAsync()
    {
        _given.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task CreateAsync_EverythingWrong_TellsAllOfIt()
    {
        var wrong = await Should.ThrowAsync<InvalidException>(() => _given.Webhooks.CreateAsync(
            _given.Caller,
            new WebhookDefinition
            {
                Name = " ", Url = "ftp://x", EventTypes = ["task.nope"], Environment = "moon", Secret = "whsec_short",
                Condition = JsonElement.Parse("""{"a":{"$nope":1}}"""),
                Headers = new Dictionary<string, string> { ["webhook-id"] = "x", ["X"] = "line\nbreak", ["Y"] = "•••" },
            },
            default));

        wrong.Errors.Keys.ShouldBe(["name", "url", "eventTypes[0]", "environment", "secret", "condition", "headers.webhook-id", "headers.X", "headers.Y"], ignoreOrder: true);
    }

    [Fact]
    public async Task CreateAsync_TypeThatThePersonMayNotRead_IsForbidden()
    {
        var person = Caller.ForUser(Guid.CreateVersion7(), "ada", _given.Organization.Id, _given.Organization.EnvironmentId, [Permissions.WebhooksManage, Permissions.TasksRead]);

        await _given.Webhooks.CreateAsync(person, new WebhookDefinition { Name = "a", Url = "https://example.com", EventTypes = ["task.*"] }, default);
        var refused = await Should.ThrowAsync<ForbiddenException>(() => _given.Webhooks.CreateAsync(person, new WebhookDefinition { Name = "b", Url = "https://example.com", EventTypes = ["*"] }, default));

        refused.Permission.ShouldBe(Permissions.ExecutionsRead);
    }

    [Fact]
    public async Task CreateAsync_PermissionInOneEnvironment_TakesThatEnvironment()
    {
        var person = Caller.ForUser(
            Guid.CreateVersion7(), "ada", _given.Organization.Id, _given.Organization.EnvironmentId, HeldPermissions.InEnvironment([Permissions.WebhooksManage, Permissions.ExecutionsRead, Permissions.TasksRead]));
        var wanted = new WebhookDefinition { Name = "a", Url = "https://example.com", EventTypes = ["execution.failed", "task.*"], Environment = "production" };

        await Should.ThrowAsync<ForbiddenException>(() => _given.Webhooks.CreateAsync(person, wanted with { Environment = null }, default));
        var made = await _given.Webhooks.CreateAsync(person, wanted, default);

        await Should.ThrowAsync<ForbiddenException>(() => _given.Webhooks.UpdateAsync(person, made.Item.Subscription.Id, new WebhookDefinition { Environment = "" }, null, default));
        await _given.Webhooks.UpdateAsync(person, made.Item.Subscription.Id, new WebhookDefinition { Name = "b" }, null, default);
    }

    [Fact]
    public async Task CreateAsync_PatternsAndHeadersThatCannotBe_AreRefused()
    {
        var wrong = await Should.ThrowAsync<InvalidException>(() => _given.Webhooks.CreateAsync(
            _given.Caller,
            new WebhookDefinition
            {
                Name = "a", Url = "https://example.com", EventTypes = ["*"],
                Condition = JsonSerializer.SerializeToElement(new Dictionary<string, object> { ["$or"] = Enumerable.Range(0, 6).Select(i => new Dictionary<string, object> { ["name"] = new Dictionary<string, string> { ["$regex"] = $"{i}" } }) }),
                Headers = new Dictionary<string, string> { ["X-Team"] = "a", ["x-team"] = "b", ["Expires"] = "0" },
            },
            default));

        wrong.Errors.Keys.ShouldBe(["condition", "headers.x-team", "headers.Expires"], ignoreOrder: true);
    }

    [Fact]
    public async Task UpdateAsync_AnotherServer_IsToldNeitherHeadersNorWhatIsNotAskedFor()
    {
        var made = await _given.Webhooks.CreateAsync(
            _given.Caller, new WebhookDefinition { Name = "a", Url = "https://example.com/a", EventTypes = ["*"], Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer opensesame" } }, default);
        var id = made.Item.Subscription.Id;
        await _given.PublishAsync(1, "key.created");
        await _given.PublishAsync(1, "task.created");
        var person = Caller.ForUser(
            Guid.CreateVersion7(), "ada", _given.Organization.Id, _given.Organization.EnvironmentId, [Permissions.WebhooksManage, Permissions.WebhooksRead, Permissions.WebhooksReplay, Permissions.TasksRead]);
        var elsewhere = new WebhookDefinition { Url = "https://example.org/a", EventTypes = ["task.*"] };

        (await Should.ThrowAsync<InvalidException>(() => _given.Webhooks.UpdateAsync(person, id, elsewhere, null, default))).Errors.Keys.ShouldBe(["headers"]);
        await _given.Webhooks.UpdateAsync(person, id, new WebhookDefinition { Url = "https://example.com/b", EventTypes = ["task.*"] }, null, default);
        await _given.Webhooks.UpdateAsync(person, id, elsewhere with { Headers = new Dictionary<string, string>() }, null, default);

        var (ofKey, ofTask) = ((await _given.DeliveriesAsync(made))[0], (await _given.DeliveriesAsync(made))[1]);
        (ofKey.State, ofKey.NextAt, ofTask.State).ShouldBe((WebhookDeliveryState.Dead, null, WebhookDeliveryState.Pending));
        (await Should.ThrowAsync<ForbiddenException>(() => _given.Log.ReplayAsync(person, id, ofKey.Id, default))).Permission.ShouldBe(Permissions.KeysRead);
        await Should.ThrowAsync<ForbiddenException>(() => _given.Log.ReplayAsync(person, id, new WebhookReplay(DateTimeOffset.UnixEpoch, null, WebhookReplayScope.All, false), default));
        (await _given.Log.GetAsync(person, id, ofKey.Id, default)).Body.ShouldBeNull();
        (await _given.Log.GetAsync(person, id, ofTask.Id, default)).Body!.ShouldContain("task.created");
        (await _given.Log.ReplayAsync(_given.Caller, id, ofKey.Id, default)).State.ShouldBe(WebhookDeliveryState.Pending);
    }

    [Fact]
    public async Task UpdateAsync_SecretsAndHeaders_StandNowhereButInTheRequest()
    {
        await using var receiver = await AuditReceiver.StartAsync();
        var made = await _given.Webhooks.CreateAsync(
            _given.Caller, new WebhookDefinition { Name = "a", Url = receiver.Url, EventTypes = ["*"], Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer opensesame-1", ["X-Team"] = "opensesame-2" } }, default);
        var id = made.Item.Subscription.Id;
        await _given.Webhooks.UpdateAsync(_given.Caller, id, new WebhookDefinition { Headers = new Dictionary<string, string> { ["authorization"] = "•••", ["X-New"] = "opensesame-3" } }, 1, default);
        await Should.ThrowAsync<ChangedMeanwhileException>(() => _given.Webhooks.UpdateAsync(_given.Caller, id, new WebhookDefinition { Name = "b" }, 1, default));

        var test = await _given.Log.TestAsync(_given.Caller, id, default);

        var sent = receiver.Requests.Single();
        (sent.Headers["Authorization"], sent.Headers["X-New"], sent.Headers.ContainsKey("X-Team")).ShouldBe(("Bearer opensesame-1", "opensesame-3", false));
        test.Delivery.State.ShouldBe(WebhookDeliveryState.Succeeded);
        test.Attempts[0].RequestHeaders.ShouldContain("•••");
        await using var db = await fixture.Data.OpenAsync(_given.Caller, default);
        var told = JsonSerializer.Serialize(await db.AuditEvents.AsNoTracking().ToListAsync()) + JsonSerializer.Serialize(test) + JsonSerializer.Serialize(await db.WebhookAttempts.AsNoTracking().ToListAsync());
        var stored = await db.WebhookSubscriptions.AsNoTracking().SingleAsync();
        foreach (var secret in new[] { "opensesame", made.Secret["whsec_".Length..] })
        {
            told.ShouldNotContain(secret);
            Encoding.Latin1.GetString([.. stored.ProtectedSecret, .. stored.ProtectedHeaders!]).ShouldNotContain(secret);
        }
    }

    [PeerFact]
    public async Task Deliver_ToARealReceiver_IsVerifiedByStandardWebhooksAlsoWhileTheSecretIsRotated()
    {
        await using var peer = await NpmPeer.StartAsync("Webhooks/Peers", "receiver.mjs");
        using var client = new HttpClient { BaseAddress = new Uri(peer.Announcement.GetProperty("address").GetString()!) };
        var made = await _given.SubscribeAsync(new Uri(client.BaseAddress, "hook").ToString());
        var rotated = await _given.Webhooks.RotateSecretAsync(_given.Caller, made.Item.Subscription.Id, 1, default);
        await client.PostAsJsonAsync("secrets", new[] { made.Secret, rotated.Secret, StandardWebhook.CreateSecret() });
        await _given.PublishAsync(1);
        await _given.DeliverAsync(made);

        var received = (await client.GetFromJsonAsync<JsonElement>("received"))[0];

        received.GetProperty("verified")[0].GetString().ShouldBe("task.created", "a receiver that has the old secret still");
        received.GetProperty("verified")[1].GetString().ShouldBe("task.created", "a receiver that has the new one");
        received.GetProperty("verified")[2].GetString()!.ShouldContain("No matching signature", Case.Insensitive);
        received.GetProperty("signature").GetString()!.Split(' ').Length.ShouldBe(2);
        (received.GetProperty("agent").GetString(), received.GetProperty("type").GetString()).ShouldBe(("Loopai-Webhooks/1.0", "application/json"));
        received.GetProperty("id").GetString()!.ShouldMatch("^evt_[0-9a-f]{32}$");
        (await _given.DeliveriesAsync(made))[0].State.ShouldBe(WebhookDeliveryState.Succeeded);

        // When its time is over, the old secret signs no more.
        _given.Clock.Step(TimeSpan.FromMinutes(61));
        await _given.PublishAsync(1);
        await _given.DeliverAsync(made);
        (await client.GetFromJsonAsync<JsonElement>("received"))[1].GetProperty("signature").GetString()!.Split(' ').Length.ShouldBe(1);
    }

    [Theory]
    [InlineData(1, null, 0, 5)]
    [InlineData(2, null, 1, 360)]
    [InlineData(2, 3600, 0.5, 3600)]
    [InlineData(3, 60, 0, 1800)]
    [InlineData(9, 900000, 0, 86400)]
    [InlineData(10, 60, 0, null)]
    public void WaitAfter_AttemptsAndWishes_FollowTheLadder(int attempts, int? retryAfter, double chance, int? seconds) =>
        RetryLadder.WaitAfter(attempts, retryAfter is { } asked ? TimeSpan.FromSeconds(asked) : null, chance)?.TotalSeconds.ShouldBe(seconds!.Value, 0.001);

    [Fact]
    public void Types_EachHasAnExampleAndStandsInTheDocs()
    {
        var docs = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "webhooks.md"));

        foreach (var type in WebhookTypes.All)
        {
            type.ExampleBody().GetProperty("data").ValueKind.ShouldBe(JsonValueKind.Object, type.Name);
            Permissions.All.ShouldContain(type.Permission);
            docs.ShouldContain($"`{type.Name}`", Case.Sensitive);
        }

        WebhookTypes.Of("*").Count().ShouldBe(WebhookTypes.All.Count);
        WebhookTypes.Of("experiment.*").ShouldAllBe(t => t.Group == "experiment");
        WebhookTypes.Of("experiment.").ShouldBeEmpty();
    }
}
