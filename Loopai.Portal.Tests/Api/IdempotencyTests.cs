using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Loopai.Core.Idempotency;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Portal.Tests.Api;

[Collection(PortalCollection.Name)]
public sealed class IdempotencyTests(PortalFixture portal)
{
    [Fact]
    public async Task Post_SameKeySameBody_AnswersTheFirstAnswerOnce()
    {
        var task = await portal.CreateSpamFilterAsync(portal.Acme);
        using var client = portal.Client(portal.Acme);

        var first = await ExecuteAsync(client, task, "k1");
        var second = await ExecuteAsync(client, task, "k1");
        var quoted = await ExecuteAsync(client, task, "\"k1\"");

        first.Headers.Contains(IdempotencyReplayed).ShouldBeFalse();
        foreach (var replay in new[] { second, quoted })
        {
            replay.Headers.GetValues(IdempotencyReplayed).ShouldBe(["true"]);
            (await replay.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
            replay.Content.Headers.ContentType.ShouldBe(first.Content.Headers.ContentType);
        }

        (await CountExecutionsAsync(task)).ShouldBe(1);
    }

    [Fact]
    public async Task Post_SameKeyOtherBody_Is422AndDoesNothing()
    {
        var task = await portal.CreateSpamFilterAsync(portal.Acme);
        using var client = portal.Client(portal.Acme);
        await ExecuteAsync(client, task, "other", "buy");

        var other = await ExecuteAsync(client, task, "other", "meeting");

        await other.ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "idempotency.key_reused");
        (await CountExecutionsAsync(task)).ShouldBe(1);
    }

    [Fact]
    public async Task Post_ManyAtOnceOnTwoInstances_TakeEffectOnce()
    {
        var task = await portal.CreateSpamFilterAsync(portal.Acme);
        var twin = await portal.StartPortalAsync();
        try
        {
            using var here = portal.Client(portal.Acme);
            using var there = portal.Client(portal.Acme.Key, PortalFixture.AddressOf(twin));

            var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => ExecuteAsync(i % 2 == 0 ? here : there, task, "many")));
            var later = await ExecuteAsync(there, task, "many");

            answers.Select(a => a.StatusCode).ShouldBeSubsetOf([HttpStatusCode.OK, HttpStatusCode.Conflict]);
            answers.Count(a => a.StatusCode == HttpStatusCode.OK && !a.Headers.Contains(IdempotencyReplayed)).ShouldBe(1);
            later.Headers.Contains(IdempotencyReplayed).ShouldBeTrue();
            (await CountExecutionsAsync(task)).ShouldBe(1);
        }
        finally
        {
            await PortalFixture.StopAsync(twin);
        }
    }

    [Fact]
    public async Task Post_AnotherCallerOrPath_IsAnotherRequest()
    {
        var task = await portal.CreateSpamFilterAsync(portal.Acme);
        using var client = portal.Client(portal.Acme);
        using var colleague = portal.Client(await portal.AddKeyAsync(portal.Acme.Owner, ["executions:run"]));
        await ExecuteAsync(client, task, "scoped");

        var byColleague = await ExecuteAsync(colleague, task, "scoped");
        var elsewhere = await SendAsync(client, $"tasks/{task}/execute", new { input = new { text = "buy" } }, "scoped");

        (byColleague.Headers.Contains(IdempotencyReplayed), elsewhere.Headers.Contains(IdempotencyReplayed)).ShouldBe((false, false));
        (await CountExecutionsAsync(task)).ShouldBe(3);
    }

    [Fact]
    public async Task Post_Refused_IsRefusedAgainInTheSameWords()
    {
        var task = await portal.CreateSpamFilterAsync(portal.Acme);
        using var client = portal.Client(portal.Acme);

        var first = await SendAsync(client, "tasks/execute", new { taskId = task, input = new { text = 1 } }, "refused");
        var second = await SendAsync(client, "tasks/execute", new { taskId = task, input = new { text = 1 } }, "refused");

        first.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await second.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        second.Headers.Contains(IdempotencyReplayed).ShouldBeTrue();
    }

    [Fact]
    public async Task Post_CreatesAKey_ReplaysItsTextAndStoresNoneOfIt()
    {
        using var client = portal.Client(portal.Acme);
        var body = new { name = "sdk", environment = "production" };

        var first = await SendAsync(client, "keys", body, "new-key");
        var second = await SendAsync(client, "keys", body, "new-key");

        first.StatusCode.ShouldBe(HttpStatusCode.Created);
        second.Headers.Location.ShouldBe(first.Headers.Location);
        var text = (await second.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString()!;
        (await portal.Database.AsOwnerAsync($"SELECT count(*) FROM idempotent_requests WHERE encode(body, 'escape') LIKE '%{text}%'")).ShouldBe(0L);
        (await first.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString().ShouldBe(text);
    }

    [Fact]
    public async Task Post_CreatesATask_ReplaysTheHeadersToo_AndTheTagStillGuardsAChange()
    {
        using var client = portal.Client(portal.Acme);
        var body = new
        {
            name = $"Replayed {Guid.NewGuid():n}",
            inputSchema = JsonElement.Parse(PortalTasks.InputSchema),
            outputSchema = JsonElement.Parse(PortalTasks.OutputSchema),
        };

        var first = await SendAsync(client, "tasks", body, "new-task");
        var second = await SendAsync(client, "tasks", body, "new-task");

        first.StatusCode.ShouldBe(HttpStatusCode.Created);
        var (location, tag) = (first.Headers.Location.ShouldNotBeNull(), first.Headers.ETag.ShouldNotBeNull());
        second.Headers.GetValues(IdempotencyReplayed).ShouldBe(["true"]);
        (second.StatusCode, second.Headers.Location, second.Headers.ETag, second.Content.Headers.ContentType, second.Content.Headers.ContentLength)
            .ShouldBe((first.StatusCode, location, tag, first.Content.Headers.ContentType, first.Content.Headers.ContentLength));
        (await second.Content.ReadAsByteArrayAsync()).ShouldBe(await first.Content.ReadAsByteArrayAsync());
        using var change = new HttpRequestMessage(HttpMethod.Patch, location) { Content = JsonContent.Create(new { description = "Changed by its tag" }) };
        change.Headers.IfMatch.Add(second.Headers.ETag!);
        (await client.SendAsync(change)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    public async Task Post_MalformedKey_Is400(string key) =>
        await (await SendAsync(portal.Client(portal.Acme), "tasks/execute", new { }, key)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "idempotency.key");

    [Fact]
    public async Task Post_KeyAndLines_Is400()
    {
        using var client = portal.Client(portal.Acme);
        client.DefaultRequestHeaders.Accept.ParseAdd("application/x-ndjson");

        await (await SendAsync(client, "batch/execute", new { }, "lines")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "idempotency.stream");
    }

    [Fact]
    public async Task BeginAsync_FirstDiedAtWork_IsTakenOverWhenItsLeaseEnds()
    {
        var clock = new ClockAt(DateTimeOffset.UtcNow);
        var service = Service(clock);
        var print = SHA256.HashData("body"u8);
        (await BeginAsync(service, "died", print)).State.ShouldBe(IdempotencyState.Started);
        (await BeginAsync(service, "died", print)).State.ShouldBe(IdempotencyState.InFlight);

        clock.Now += IdempotencyService.Lease;

        (await BeginAsync(service, "died", print)).State.ShouldBe(IdempotencyState.Started);
        (await BeginAsync(service, "died", print)).State.ShouldBe(IdempotencyState.InFlight);
    }

    [Fact]
    public async Task RenewAsync_LongWork_KeepsItsPlace_AndALostPlaceWritesNothing()
    {
        var clock = new ClockAt(DateTimeOffset.UtcNow);
        var service = Service(clock);
        var print = SHA256.HashData("body"u8);
        var slow = (await BeginAsync(service, "slow", print)).Claim!;

        clock.Now += IdempotencyService.Lease / 2;
        (await service.RenewAsync(portal.Acme.Owner, slow, CancellationToken.None)).ShouldBeTrue();
        clock.Now += IdempotencyService.Lease * 0.75;
        (await BeginAsync(service, "slow", print)).State.ShouldBe(IdempotencyState.InFlight);

        clock.Now += IdempotencyService.Lease;
        (await BeginAsync(service, "slow", print)).State.ShouldBe(IdempotencyState.Started);
        (await service.RenewAsync(portal.Acme.Owner, slow, CancellationToken.None)).ShouldBeFalse();
        await service.CompleteAsync(portal.Acme.Owner, slow, new IdempotentAnswer(200, null, null, null, []), CancellationToken.None);
        (await BeginAsync(service, "slow", print)).State.ShouldBe(IdempotencyState.InFlight);
    }

    [Fact]
    public async Task BeginAsync_After24Hours_IsAFirstTry()
    {
        var clock = new ClockAt(DateTimeOffset.UtcNow);
        var service = Service(clock);
        var claim = (await BeginAsync(service, "old", [1])).Claim!;
        await service.CompleteAsync(portal.Acme.Owner, claim, new IdempotentAnswer(201, "text/plain", "/x", "\"7\"", "yes"u8.ToArray()), CancellationToken.None);

        clock.Now += IdempotencyService.KeptFor - TimeSpan.FromSeconds(1);
        (await BeginAsync(service, "old", [1])).Answer.ShouldNotBeNull().ShouldSatisfyAllConditions(
            a => a.StatusCode.ShouldBe(201), a => a.Location.ShouldBe("/x"), a => a.EntityTag.ShouldBe("\"7\""), a => a.Body.ShouldBe("yes"u8.ToArray()));
        clock.Now += TimeSpan.FromSeconds(1);

        (await BeginAsync(service, "old", [2])).State.ShouldBe(IdempotencyState.Started);
    }

    [Fact]
    public async Task CompleteAsync_AnswerTooLarge_IsTold()
    {
        var service = Service(TimeProvider.System);
        var claim = (await BeginAsync(service, "large", [1])).Claim!;

        await service.CompleteAsync(
            portal.Acme.Owner, claim, new IdempotentAnswer(200, null, null, null, new byte[IdempotencyService.MaxAnswerBytes + 1]), CancellationToken.None);

        (await BeginAsync(service, "large", [1])).State.ShouldBe(IdempotencyState.AnswerNotKept);
    }

    private const string IdempotencyReplayed = "Idempotency-Replayed";

    private IdempotencyService Service(TimeProvider time) => new(portal.Database.Data, new EphemeralDataProtectionProvider(), time);

    private Task<IdempotencyStart> BeginAsync(IdempotencyService service, string key, byte[] print) =>
        service.BeginAsync(portal.Acme.Owner, "test", key, print, CancellationToken.None);

    private async Task<int> CountExecutionsAsync(Guid task)
    {
        await using var db = await portal.Database.Data.OpenAsync(portal.Acme.Owner, CancellationToken.None);
        return await db.Executions.CountAsync(e => e.TaskId == task);
    }

    private static Task<HttpResponseMessage> ExecuteAsync(HttpClient client, Guid task, string key, string text = "buy") =>
        SendAsync(client, "tasks/execute", new { taskId = task, input = new { text } }, key);

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string path, object body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await client.SendAsync(request);
    }

    private sealed class ClockAt(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
