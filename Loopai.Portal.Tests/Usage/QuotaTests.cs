using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Loopai.Core.Analytics;
using Loopai.Core.Usage;
using Loopai.Portal.Tests.Api;
using Loopai.Portal.Tests.Identity.SignOn;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Usage;

[Collection(PortalCollection.Name)]
public sealed class QuotaTests(PortalFixture portal)
{
    [Fact]
    public async Task PerMinute_FiftyAtOnceOnTwoInstances_LetsTheBurstThrough()
    {
        var (acme, task) = await ArrangeAsync();
        using var here = portal.Client(acme);
        await SetAsync(here, acme.Id, new { executionsPerMinute = 1, burst = 10 });
        var other = await portal.StartPortalAsync();
        try
        {
            using var there = portal.Client(acme.Key, PortalFixture.AddressOf(other));
            var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => ExecuteAsync(i % 2 == 0 ? here : there, task)));

            // One more may have come in when a minute went by.
            answers.Count(a => a.IsSuccessStatusCode).ShouldBeInRange(10, 11);
            var refused = answers.First(a => a.StatusCode == HttpStatusCode.TooManyRequests);
            refused.Headers.RetryAfter!.Delta!.Value.ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(61));
            refused.Headers.GetValues("RateLimit-Policy").Single().ShouldBe("\"executions-per-minute\";q=1;w=60");
            refused.Headers.GetValues("RateLimit").Single().ShouldStartWith("\"executions-per-minute\";r=0;t=");
            var problem = await refused.Content.ReadFromJsonAsync<JsonElement>();
            (problem.GetProperty("type").GetString(), problem.GetProperty("quota").GetString(), problem.GetProperty("scope").GetString())
                .ShouldBe(("urn:loopai:problem:quota-exceeded", "executionsPerMinute", "organization"));
        }
        finally
        {
            await PortalFixture.StopAsync(other);
        }
    }

    [Fact]
    public async Task PerMonth_OnTwoInstances_IsExactAndToldAtFourFifths()
    {
        var (acme, task) = await ArrangeAsync();
        using var here = portal.Client(acme);
        var other = await portal.StartPortalAsync();
        try
        {
            using var there = portal.Client(acme.Key, PortalFixture.AddressOf(other));
            await SetAsync(here, acme.Id, new { executionsPerMonth = 30 });
            var through = 0;
            for (var i = 0; i < 50; i++)
            {
                through += (await ExecuteAsync(i % 2 == 0 ? here : there, task)).IsSuccessStatusCode ? 1 : 0;
            }

            through.ShouldBe(30);
            var quota = (await here.GetFromJsonAsync<JsonElement>("quotas")).GetProperty("items")[0];
            (quota.GetProperty("usedThisMonth").GetInt64(), quota.GetProperty("scope").GetString()).ShouldBe((30, "organization"));
            (await here.GetFromJsonAsync<JsonElement>("audit?action=quota.nearly_used")).GetProperty("items").GetArrayLength().ShouldBe(1);
        }
        finally
        {
            await PortalFixture.StopAsync(other);
        }
    }

    [Fact]
    public async Task Storage_UploadGoesBeyond_IsRefusedWholeAndTheBellSaysWhatIsNearlyUsed()
    {
        var (acme, task) = await ArrangeAsync();
        using var client = portal.Client(acme);
        await SetAsync(client, acme.Id, new { storageMegabytes = 2 });
        (await client.PostAsJsonAsync($"tasks/{task}/examples", Mails(1_700))).EnsureSuccessStatusCode();

        await (await client.PostAsJsonAsync($"tasks/{task}/examples", Mails(600))).ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, "quota-exceeded");

        (await client.GetFromJsonAsync<JsonElement>($"tasks/{task}/examples?limit=1")).GetProperty("items").GetArrayLength().ShouldBe(1);
        var quota = (await client.GetFromJsonAsync<JsonElement>("quotas")).GetProperty("items")[0];
        quota.GetProperty("storageMegabytesNow").GetDouble().ShouldBeInRange(1.7, 2);
        var attention = await portal.Services.GetRequiredService<AttentionService>().ListAsync(acme.Owner, default);
        attention.ShouldContain(item => item.Kind == AttentionKind.QuotaNearlyUsed && item.Quota == "storageMegabytes");

        static IEnumerable<object> Mails(int count) => Enumerable.Range(0, count).Select(i => new
        {
            input = new { text = $"{Guid.NewGuid()} {new string('x', 950)}" }, output = "ham",
        });
    }

    [Fact]
    public async Task Key_Limited_LeavesOtherKeysAlone()
    {
        var (acme, task) = await ArrangeAsync();
        using var owner = portal.Client(acme);
        var made = await (await owner.PostAsJsonAsync("keys", new { name = "slow", environment = "production", permissions = new[] { "executions:run" } })).Content.ReadFromJsonAsync<JsonElement>();
        using var slow = portal.Client(made.GetProperty("key").GetString());
        await SetAsync(owner, made.GetProperty("id").GetGuid(), new { executionsPerMonth = 1 });
        (await ExecuteAsync(slow, task)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ExecuteAsync(slow, task)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await ExecuteAsync(owner, task)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await SetAsync(owner, made.GetProperty("id").GetGuid(), new { });
        await Eventually.BecomesAsync(async () => (await ExecuteAsync(slow, task)).StatusCode, HttpStatusCode.OK);
        (await owner.GetFromJsonAsync<JsonElement>("quotas")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Tasks_MadeAtOnce_NeverExceedTheQuota()
    {
        var acme = await portal.AddOrganizationAsync("few");
        using var owner = portal.Client(acme);
        await SetAsync(owner, acme.Id, new { tasks = 3 });
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => owner.PostAsJsonAsync("tasks", new
        {
            name = $"task {i}", inputSchema = new { type = "object" }, outputSchema = new { type = "string" },
        })));
        answers.Count(a => a.StatusCode == HttpStatusCode.Created).ShouldBe(3);
        answers.Count(a => a.StatusCode == HttpStatusCode.TooManyRequests).ShouldBe(5);
    }

    [Fact]
    public async Task Tasks_ArchivedAndRestored_NeverExceedTheQuota()
    {
        var acme = await portal.AddOrganizationAsync("restored");
        using var owner = portal.Client(acme);
        var first = await portal.CreateSpamFilterAsync(acme, "first");
        (await owner.DeleteAsync($"tasks/{first}")).EnsureSuccessStatusCode();
        await portal.CreateSpamFilterAsync(acme, "second");
        await SetAsync(owner, acme.Id, new { tasks = 1 });
        await (await owner.PostAsync($"tasks/{first}/restore", null)).ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, "quota-exceeded");
    }

    [Fact]
    public async Task PerMonth_ReservedAheadOnTwoInstances_IsNeverExceededAndHardlyLost()
    {
        var acme = await portal.AddOrganizationAsync("ahead");
        using var client = portal.Client(acme);
        await SetAsync(client, acme.Id, new { executionsPerMonth = 2_000 });
        QuotaGate[] instances = [new(portal.Database.Data, TimeProvider.System), new(portal.Database.Data, TimeProvider.System)];
        var through = 0;
        await Parallel.ForAsync(0, 3_000, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, ct) =>
        {
            if (await instances[i % 2].TakeAsync(acme.Owner, ct) is null)
            {
                Interlocked.Increment(ref through);
            }
        });

        // What an instance has reserved at the end is at most a twentieth of what was left then.
        through.ShouldBeInRange(1_980, 2_000);
    }

    [Fact]
    public async Task PerMinute_AnotherInstancesClockRanAhead_GoesOnAfterItIsSetRight()
    {
        var acme = await portal.AddOrganizationAsync("skewed");
        using var client = portal.Client(acme);
        await SetAsync(client, acme.Id, new { executionsPerMinute = 60, burst = 1 });
        var now = DateTimeOffset.UtcNow;
        (await new QuotaGate(portal.Database.Data, new SettableTime { Now = now.AddHours(1) }).TakeAsync(acme.Owner, default)).ShouldBeNull();

        var time = new SettableTime { Now = now };
        var gate = new QuotaGate(portal.Database.Data, time);
        await gate.TakeAsync(acme.Owner, default);
        time.Now = now.AddSeconds(2);
        (await gate.TakeAsync(acme.Owner, default)).ShouldBeNull();
    }

    [Fact]
    public async Task GiveBack_ExecutionThatNeverRan_LeavesTheQuotaAsItWas()
    {
        var acme = await portal.AddOrganizationAsync("given");
        using var client = portal.Client(acme);
        await SetAsync(client, acme.Id, new { executionsPerMonth = 1 });
        var gate = new QuotaGate(portal.Database.Data, TimeProvider.System);
        (await gate.TakeAsync(acme.Owner, default)).ShouldBeNull();
        (await gate.TakeAsync(acme.Owner, default)).ShouldNotBeNull();
        gate.GiveBack(acme.Owner);
        (await gate.TakeAsync(acme.Owner, default)).ShouldBeNull();
    }

    [Fact]
    public async Task Quota_Impossible_IsRefused()
    {
        using var owner = portal.Client(portal.Acme);
        (await owner.PutAsJsonAsync($"quotas/{portal.Acme.Id}", new { executionsPerMinute = 0, burst = 0, executionsPerMonth = 0 })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await owner.PutAsJsonAsync($"quotas/{portal.Globex.Id}", new { executionsPerMinute = 5 })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task<(PortalOrganization Organization, Guid Task)> ArrangeAsync()
    {
        var acme = await portal.AddOrganizationAsync("limited");
        var task = await portal.CreateSpamFilterAsync(acme, "limited");
        await portal.AddVersionAsync(acme, task);
        return (acme, task);
    }

    /// <summary>Sets it, and waits until this instance has heard of it.</summary>
    private static async Task SetAsync(HttpClient client, Guid scope, object quota)
    {
        var answer = await client.PutAsJsonAsync($"quotas/{scope}", quota);
        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent, await answer.Content.ReadAsStringAsync());
    }

    private static Task<HttpResponseMessage> ExecuteAsync(HttpClient client, Guid task) =>
        client.PostAsJsonAsync("tasks/execute", new { taskId = task, input = new { text = "buy now" } });
}
