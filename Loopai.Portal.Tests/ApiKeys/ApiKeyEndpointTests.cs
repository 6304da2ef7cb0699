using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Portal.Tests.Api;

namespace Loopai.Portal.Tests.ApiKeys;

[Collection(PortalCollection.Name)]
public sealed class ApiKeyEndpointTests(PortalFixture portal)
{
    [Fact]
    public async Task Rotate_BothSecretsWorkAndTheOldOneEndsWhenItIsRevoked()
    {
        using var owner = portal.Client(portal.Acme);
        var key = await MakeAsync(owner, new { name = "rotated", environment = "production", permissions = new[] { "tasks:read" } });
        var id = key.GetProperty("id").GetGuid();
        var rotated = await ReadAsync(await owner.PostAsJsonAsync($"keys/{id}/rotate", new { overlapHours = 2 }));
        using var before = portal.Client(key.GetProperty("key").GetString());
        using var after = portal.Client(rotated.GetProperty("key").GetString());
        (await StatusAsync(before), await StatusAsync(after)).ShouldBe((HttpStatusCode.OK, HttpStatusCode.OK));
        (await owner.PostAsJsonAsync($"keys/{id}/rotate", new { })).StatusCode.ShouldBe(HttpStatusCode.Conflict, "two secrets are enough");

        var secrets = (await owner.GetFromJsonAsync<JsonElement>($"keys/{id}")).GetProperty("secrets").EnumerateArray().ToList();
        secrets.Count.ShouldBe(2);
        secrets.ShouldAllBe(s => s.GetProperty("lastUsedFrom").GetString() == "127.0.0.1");
        var (newer, older) = (secrets[0], secrets[1]);
        older.GetProperty("expiresAt").GetDateTimeOffset().ShouldBeInRange(DateTimeOffset.UtcNow.AddMinutes(110), DateTimeOffset.UtcNow.AddMinutes(121));
        (await owner.DeleteAsync($"keys/{id}/secrets/{newer.GetProperty("id").GetGuid()}")).StatusCode.ShouldBe(HttpStatusCode.Conflict, "the old one is about to end");
        (await owner.DeleteAsync($"keys/{id}/secrets/{older.GetProperty("id").GetGuid()}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        await Eventually.BecomesAsync(() => StatusAsync(before), HttpStatusCode.Unauthorized);
        (await StatusAsync(after)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Revoke_OnOneInstance_EndsTheKeyOnAnotherWithinSeconds()
    {
        var other = await portal.StartPortalAsync();
        try
        {
            using var owner = portal.Client(portal.Acme);
            var key = await MakeAsync(owner, new { name = "revoked", environment = "production", permissions = new[] { "tasks:read" } });
            using var elsewhere = portal.Client(key.GetProperty("key").GetString(), PortalFixture.AddressOf(other));
            (await StatusAsync(elsewhere)).ShouldBe(HttpStatusCode.OK);
            await owner.DeleteAsync($"keys/{key.GetProperty("id").GetGuid()}");
            await Eventually.BecomesAsync(() => StatusAsync(elsewhere), HttpStatusCode.Unauthorized);
        }
        finally
        {
            await PortalFixture.StopAsync(other);
        }
    }

    [Theory]
    [InlineData("127.0.0.0/8", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("203.0.113.0/24", HttpStatusCode.Unauthorized)]
    [InlineData("::1", HttpStatusCode.Unauthorized)]
    public async Task AddressRanges_RequestFromLoopback_IsLetInOrNot(string range, HttpStatusCode status)
    {
        using var owner = portal.Client(portal.Acme);
        var key = await MakeAsync(owner, new { name = "bound", environment = "production", permissions = new[] { "tasks:read" }, addressRanges = new[] { range } });
        using var client = portal.Client(key.GetProperty("key").GetString());
        (await StatusAsync(client)).ShouldBe(status);
    }

    [Theory]
    [InlineData("127.0.0.0/8", HttpStatusCode.OK)]
    [InlineData("", HttpStatusCode.Unauthorized)]
    public async Task AddressRanges_RequestThroughAProxy_GoByWhatATrustedProxySays(string proxies, HttpStatusCode status)
    {
        using var owner = portal.Client(portal.Acme);
        var key = await MakeAsync(owner, new { name = "bound", environment = "production", permissions = new[] { "tasks:read" }, addressRanges = new[] { "203.0.113.0/24" } });
        var behind = await portal.StartPortalAsync($"--Portal:TrustedProxies={proxies}");
        try
        {
            using var client = portal.Client(key.GetProperty("key").GetString(), PortalFixture.AddressOf(behind));
            client.DefaultRequestHeaders.Add("X-Forwarded-For", "198.51.100.4, 203.0.113.9");
            (await StatusAsync(client)).ShouldBe(status);

            // The busiest endpoints run outside of the pages' pipeline.
            var executed = await client.PostAsJsonAsync("tasks/execute", new { taskId = Guid.CreateVersion7(), input = new { } });
            (executed.StatusCode == HttpStatusCode.Unauthorized).ShouldBe(status == HttpStatusCode.Unauthorized);
        }
        finally
        {
            await PortalFixture.StopAsync(behind);
        }
    }

    [Fact]
    public async Task TaskIds_OtherTasks_AreAsIfTheyWereNot()
    {
        using var owner = portal.Client(portal.Acme);
        var (mine, other) = (await portal.CreateSpamFilterAsync(portal.Acme, $"mine {Guid.NewGuid():n}"), await portal.CreateSpamFilterAsync(portal.Acme, $"other {Guid.NewGuid():n}"));
        var key = await MakeAsync(owner, new { name = "one task", environment = "production", permissions = new[] { "tasks:read", "audit:read" }, taskIds = new[] { mine } });
        using var client = portal.Client(key.GetProperty("key").GetString());
        (await client.GetAsync($"tasks/{mine}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync($"tasks/{other}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await client.GetAsync("audit?limit=1")).StatusCode.ShouldBe(HttpStatusCode.OK, "what concerns no task is not narrowed");
    }

    [Fact]
    public async Task Create_EverythingWrong_NamesEveryField()
    {
        using var owner = portal.Client(portal.Acme);
        var answer = await owner.PostAsJsonAsync("keys", new
        {
            name = " ", environment = "moon", permissions = new[] { "moon:walk" }, expiresAt = "2020-01-01T00:00:00Z", addressRanges = new[] { "anywhere" },
        });
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Select(e => e.Name).Order(StringComparer.Ordinal)
            .ShouldBe(["addressRanges", "environment", "expiresAt", "name", "permissions"]);
    }

    [Fact]
    public async Task Create_LongerThanTheOrganizationAllows_IsRefusedAndOlderKeysAreMarked()
    {
        var acme = await portal.AddOrganizationAsync("aged");
        using var owner = portal.Client(acme);
        (await owner.PatchAsJsonAsync("settings", new { longestKeyAgeDays = 30 })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await owner.PostAsJsonAsync("keys", new { name = "for ever", environment = "production" })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await owner.PostAsJsonAsync("keys", new { name = "long", environment = "production", expiresAt = DateTimeOffset.UtcNow.AddDays(31) })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        await MakeAsync(owner, new { name = "short", environment = "production", expiresAt = DateTimeOffset.UtcNow.AddDays(29) });

        await portal.Database.AsOwnerAsync($"UPDATE api_keys SET created_at = now() - interval '40 days' WHERE organization_id = '{acme.Id}' AND name = 'test'");
        var keys = (await owner.GetFromJsonAsync<JsonElement>("keys")).GetProperty("items").EnumerateArray();
        keys.Where(k => k.GetProperty("isOverAge").GetBoolean()).Select(k => k.GetProperty("name").GetString()).ShouldBe(["test"]);
    }

    [Fact]
    public async Task ServiceAccount_Deleted_EndsItsKeys()
    {
        using var owner = portal.Client(portal.Acme);
        var account = await ReadAsync(await owner.PostAsJsonAsync("service-accounts", new { name = $"robot {Guid.NewGuid():n}", description = "Ask Ann." }));
        var id = account.GetProperty("id").GetGuid();
        var key = await MakeAsync(owner, new { name = "robot", environment = "production", permissions = new[] { "tasks:read", "keys:manage" }, serviceAccountId = id });
        using var robot = portal.Client(key.GetProperty("key").GetString());
        var child = await MakeAsync(robot, new { name = "made by the robot", environment = "production", permissions = new[] { "tasks:read" } });
        child.GetProperty("serviceAccountId").GetGuid().ShouldBe(id);
        (await robot.PostAsJsonAsync("keys", new { name = "more", environment = "production", permissions = new[] { "audit:read" } })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await robot.PostAsJsonAsync("keys", new { name = "elsewhere", environment = "staging", permissions = new[] { "tasks:read" } })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        (await owner.DeleteAsync($"service-accounts/{id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await Eventually.BecomesAsync(() => StatusAsync(robot), HttpStatusCode.Unauthorized);
        (await owner.GetFromJsonAsync<JsonElement>($"keys/{child.GetProperty("id").GetGuid()}")).TryGetProperty("revokedAt", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task PersonsKey_DoesWhatThePersonMayAndEndsWithTheirMembership()
    {
        var acme = await portal.AddOrganizationAsync("bound");
        var key = await portal.AddKeyAsync(acme.Owner, [Permissions.TasksRead, Permissions.AuditRead]);
        using var client = portal.Client(key);
        (await client.GetAsync("audit?limit=1")).StatusCode.ShouldBe(HttpStatusCode.OK);

        await portal.Database.AsOwnerAsync($"UPDATE grants SET role_id = 'viewer' WHERE organization_id = '{acme.Id}'");
        await Eventually.BecomesAsync(async () => (await client.GetAsync("audit?limit=1")).StatusCode, HttpStatusCode.Forbidden);
        (await StatusAsync(client)).ShouldBe(HttpStatusCode.OK);

        await portal.Database.AsOwnerAsync($"UPDATE memberships SET status = 'Deactivated' WHERE organization_id = '{acme.Id}'");
        await Eventually.BecomesAsync(() => StatusAsync(client), HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Rotate_KeyOfAnotherPersonOrEnvironment_IsRefused()
    {
        var acme = await portal.AddOrganizationAsync("hands");
        using var owner = portal.Client(acme);
        var mine = await MakeAsync(owner, new { name = "the owner's", environment = "production", permissions = new[] { "tasks:read" } });
        var account = await ReadAsync(await owner.PostAsJsonAsync("service-accounts", new { name = "robot" }));
        var robots = await MakeAsync(owner, new
        {
            name = "robot", environment = "production", permissions = new[] { "tasks:read", "keys:read", "keys:manage" }, serviceAccountId = account.GetProperty("id").GetGuid(),
        });
        var staging = await portal.AddKeyAsync(acme.Owner, [Permissions.TasksRead, Permissions.KeysRead, Permissions.KeysManage], "staging");

        using var robot = portal.Client(robots.GetProperty("key").GetString());
        await (await robot.PostAsJsonAsync($"keys/{mine.GetProperty("id").GetGuid()}/rotate", new { })).ShouldBeProblemAsync(HttpStatusCode.Conflict, "key.not_yours");
        using var elsewhere = portal.Client(staging);
        await (await elsewhere.PostAsJsonAsync($"keys/{mine.GetProperty("id").GetGuid()}/rotate", new { })).ShouldBeProblemAsync(HttpStatusCode.Conflict, "key.other_environment");
        (await owner.PostAsJsonAsync($"keys/{robots.GetProperty("id").GetGuid()}/rotate", new { })).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Rotate_SeveralAtOnce_LeavesTwoSecrets()
    {
        using var owner = portal.Client(portal.Acme);
        var id = (await MakeAsync(owner, new { name = "raced", environment = "production", permissions = new[] { "tasks:read" } })).GetProperty("id").GetGuid();
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => owner.PostAsJsonAsync($"keys/{id}/rotate", new { })));
        answers.Count(a => a.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(a => a.StatusCode == HttpStatusCode.Conflict).ShouldBe(3);
    }

    [Fact]
    public async Task Create_ByAKey_IsBoundAsTheKeyIs()
    {
        using var owner = portal.Client(portal.Acme);
        var task = await portal.CreateSpamFilterAsync(portal.Acme, $"bound {Guid.NewGuid():n}");
        var end = DateTimeOffset.UtcNow.AddDays(3);
        var key = await MakeAsync(owner, new
        {
            name = "contractor", environment = "production", permissions = new[] { "tasks:read", "keys:manage" }, expiresAt = end, addressRanges = new[] { "127.0.0.0/8" }, taskIds = new[] { task },
        });
        using var contractor = portal.Client(key.GetProperty("key").GetString());
        var refused = await contractor.PostAsJsonAsync("keys", new { name = "for ever", environment = "production", permissions = new[] { "tasks:read" } });
        (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Select(e => e.Name).Order(StringComparer.Ordinal)
            .ShouldBe(["addressRanges", "expiresAt", "permissions", "taskIds"]);
        await MakeAsync(contractor, new
        {
            name = "narrower", environment = "production", permissions = new[] { "tasks:read" }, expiresAt = end.AddHours(-1), addressRanges = new[] { "127.0.0.1" }, taskIds = new[] { task },
        });
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client) => (await client.GetAsync("tasks?limit=1")).StatusCode;

    private static async Task<JsonElement> MakeAsync(HttpClient client, object key) => await ReadAsync(await client.PostAsJsonAsync("keys", key));

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
