using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Loopai.Core.ApiKeys;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Api;

/// <summary>Keys, headers, addresses and queries that cannot be taken.</summary>
[Collection(PortalCollection.Name)]
public sealed class BadRequestTests(PortalFixture portal)
{
    [Theory]
    [InlineData(null, "key.missing")]
    [InlineData("garbage", "key.invalid")]
    [InlineData("lpk_production_0123456789abcdef_0123456789abcdef0123456789abcdef012345", "key.invalid")]
    public async Task Key_MissingOrGarbage_Is401(string? key, string code)
    {
        using var client = portal.Client(key);
        var answer = await client.GetAsync("tasks");

        await answer.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, code);
        answer.Headers.WwwAuthenticate.Single().Scheme.ShouldBe("Bearer");
    }

    [Fact]
    public async Task Key_WellFormedButUnknown_Is401()
    {
        using var client = portal.Client(ApiKeyFormat.Create("production").Text);
        await (await client.GetAsync("tasks")).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "key.invalid");
    }

    [Fact]
    public async Task Key_AnotherSecretForAKnownSelector_Is401()
    {
        var parts = portal.Acme.Key.Split('_');
        var other = ApiKeyFormat.Create("production").Text.Split('_');
        using var client = portal.Client(string.Join('_', parts[0], parts[1], parts[2], other[3]));
        await (await client.GetAsync("tasks")).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "key.invalid");
    }

    [Fact]
    public async Task Key_Expired_Is401()
    {
        var key = await portal.AddKeyAsync(portal.Acme.Owner, ["tasks:read"], expiresAt: DateTimeOffset.UtcNow.AddMilliseconds(300));
        using var client = portal.Client(key);
        var until = DateTime.UtcNow.AddSeconds(5);
        HttpResponseMessage answer;
        do
        {
            answer = await client.GetAsync("tasks");
        }
        while (answer.IsSuccessStatusCode && DateTime.UtcNow < until);

        await answer.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "key.invalid");
    }

    [Fact]
    public async Task Key_Revoked_Is401Soon()
    {
        using var owner = portal.Client(portal.Acme);
        var created = await owner.PostAsJsonAsync("keys", new { name = "short", environment = "production" });
        var key = await created.Content.ReadFromJsonAsync<JsonElement>();
        using var client = portal.Client(key.GetProperty("key").GetString());
        (await client.GetAsync("tasks")).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await owner.DeleteAsync($"keys/{key.GetProperty("id").GetGuid()}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        var until = DateTime.UtcNow.AddSeconds(5);
        HttpResponseMessage answer;
        do
        {
            answer = await client.GetAsync("tasks");
        }
        while (answer.IsSuccessStatusCode && DateTime.UtcNow < until);

        await answer.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "key.invalid");
    }

    [Fact]
    public async Task Key_WithoutThePermission_Is403AndNamesIt()
    {
        using var client = portal.Client(await portal.AddKeyAsync(portal.Acme.Owner, ["tasks:read"]));
        var problem = await (await client.PostAsJsonAsync("tasks/execute", new { taskId = Guid.NewGuid(), input = 1 })).ShouldBeProblemAsync(HttpStatusCode.Forbidden);
        problem.GetProperty("detail").GetString()!.ShouldContain("executions:run");
    }

    [Fact]
    public async Task XApiKey_IsTakenToo()
    {
        using var client = portal.Client();
        client.DefaultRequestHeaders.Add("X-API-Key", portal.Acme.Key);
        (await client.GetAsync("tasks")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("tasks/execute")]
    [InlineData("batch/execute")]
    [InlineData("tasks")]
    [InlineData("keys")]
    public async Task ContentType_Wrong_Is415(string path)
    {
        using var client = portal.Client(portal.Acme);
        var content = new StringContent("{}", new MediaTypeHeaderValue("text/plain"));
        await (await client.PostAsync(path, content)).ShouldBeProblemAsync(HttpStatusCode.UnsupportedMediaType, "request.content_type");
    }

    [Fact]
    public async Task Method_Wrong_Is405AndSaysWhichAreRight()
    {
        using var client = portal.Client(portal.Acme);
        var answer = await client.PutAsync("tasks", JsonContent.Create(new { }));

        await answer.ShouldBeProblemAsync(HttpStatusCode.MethodNotAllowed, "request.method");
        answer.Content.Headers.Allow.ShouldBe(["GET", "HEAD", "POST"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("nothing-here")]
    [InlineData("tasks/not-a-uuid")]
    [InlineData("tasks/1234/execute")]
    [InlineData("/api/v2/tasks")]
    [InlineData("/api")]
    public async Task Route_Unknown_Is404(string path)
    {
        using var client = portal.Client(portal.Acme);
        await (await client.GetAsync(path)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "request.route");
    }

    [Fact]
    public async Task Header_Huge_Is431()
    {
        using var client = portal.Client(portal.Acme);
        client.DefaultRequestHeaders.Add("X-Huge", new string('x', 40_000));
        (await client.GetAsync("tasks")).StatusCode.ShouldBe(HttpStatusCode.RequestHeaderFieldsTooLarge);
    }

    [Fact]
    public async Task IfMatch_Stale_Is412AndChangesNothing()
    {
        using var client = portal.Client(portal.Acme);
        var id = await client.CreateTaskAsync();
        var tag = (await client.GetAsync($"tasks/{id}")).Headers.ETag!;
        (await PatchAsync(client, id, tag, "first")).StatusCode.ShouldBe(HttpStatusCode.OK);

        await (await PatchAsync(client, id, tag, "second")).ShouldBeProblemAsync(HttpStatusCode.PreconditionFailed, "task.changed_meanwhile");

        (await client.GetFromJsonAsync<JsonElement>($"tasks/{id}")).GetProperty("description").GetString().ShouldBe("first");
    }

    [Fact]
    public async Task IfMatch_NoETag_Is400()
    {
        using var client = portal.Client(portal.Acme);
        var id = await client.CreateTaskAsync();
        await (await PatchAsync(client, id, new EntityTagHeaderValue("\"abc\""), "x")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.if_match");
    }

    [Theory]
    [InlineData("tasks?limit=0", "list.limit")]
    [InlineData("tasks?limit=201", "list.limit")]
    [InlineData("tasks?limit=abc", "request.parameter")]
    [InlineData("tasks?cursor=broken!", "list.cursor")]
    [InlineData("tasks?cursor=bm9uc2Vuc2U", "list.cursor")]
    [InlineData("tasks?sort=sideways", "request.query")]
    [InlineData("tasks?search=%00", "request.nul")]
    [InlineData("executions?taskId=abc", "request.parameter")]
    [InlineData("executions?status=lost", "request.query")]
    [InlineData("executions?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z", "executions.range")]
    [InlineData("executions?confidenceBelow=NaN", "executions.confidence")]
    [InlineData("executions?version=99999999999999999999", "request.parameter")]
    [InlineData("executions?taskId=", "request.parameter")]
    [InlineData("executions?from=", "request.parameter")]
    [InlineData("tasks?limit=", "request.parameter")]
    [InlineData("executions?keyId=abc&teamId=abc", "request.query")]
    [InlineData("executions?taskid=01a201d8-f045-7e5d-a30a-dd790bc7689f&tem=none", "request.query")]
    [InlineData("costs?form=2026-03-01", "request.query")]
    [InlineData("validations?limit=-1", "list.limit")]
    public async Task Query_Bad_Is400(string path, string code)
    {
        using var client = portal.Client(portal.Acme);
        await (await client.GetAsync(path)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task Query_ManyFaultsInAQuestion_NamesAllAsTheCallerWroteThem()
    {
        using var client = portal.Client(portal.Acme);
        var answer = await client.GetAsync(
            "analytics/query?metrics=costt&dimension=task&filter=foo&filter=key:inn:x&from=yesterday&to=x&top=x&interval=dayy&compareTo=before&latencies=maybe&timeZone=Mars");
        var problem = await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "analytics.invalid");
        var errors = problem.GetProperty("errors").EnumerateObject().ToDictionary(e => e.Name, e => e.Value[0].GetString()!);
        errors.Keys.ShouldBe(["metrics", "dimension", "filter", "from", "to", "top", "interval", "compareTo", "latencies", "timeZone"], ignoreOrder: true);
        errors["metrics"].ShouldContain("'cost'");
        errors["dimension"].ShouldContain("'dimensions'");
    }

    [Fact]
    public async Task Cursor_MadeByHand_IsNever500()
    {
        using var client = portal.Client(portal.Acme);
        foreach (var key in new[] { "{\"At\":\"2026-01-01T00:00:00+02:00\"}", "{\"Name\":\"a\\u0000\"}", "{}", "null", "[1]" })
        {
            var cursor = System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(key));
            foreach (var list in new[] { "tasks", "tasks?sort=newest", "executions", "validations", "validations/queue" })
            {
                var answer = await client.GetAsync($"{list}{(list.Contains('?') ? '&' : '?')}cursor={cursor}");
                ((int)answer.StatusCode).ShouldBeOneOf([200, 400], $"{list} {key}: {await answer.Content.ReadAsStringAsync()}");
            }
        }
    }

    [Theory]
    [InlineData("executions?from=2026-01-01T00:00:00%2B02:00")]
    [InlineData("validations?from=2026-01-01T00:00:00%2B02:00&to=2027-01-01T00:00:00-05:00")]
    public async Task Time_WithAnOffset_IsTaken(string path)
    {
        using var client = portal.Client(portal.Acme);
        var answer = await client.GetAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Keys_ExpiryWithAnOffset_IsTheSameMoment()
    {
        using var client = portal.Client(portal.Acme);
        var answer = await client.PostAsJsonAsync("keys", new { name = "k", environment = "production", expiresAt = "2099-01-01T02:00:00+02:00" });
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("expiresAt").GetDateTimeOffset().ShouldBe(new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }

    [Theory]
    [InlineData("tasks", """{"name":"x","unknown":1}""", "request.json")]
    [InlineData("tasks", """{"name":5}""", "request.json")]
    [InlineData("tasks", """{"name":"a","name":"b"}""", "request.json")]
    [InlineData("tasks", """{"name":"a","inputSchema":{"a":1,"a":2},"outputSchema":{}}""", "request.json")]
    [InlineData("tasks", "{}", "task.invalid")]
    [InlineData("tasks", "", "request.json")]
    [InlineData("tasks", """{"name":"x","inputSchema":{"type":"strnig"},"outputSchema":{}}""", "task.invalid")]
    [InlineData("tasks", """{"name":"x","inputSchema":{},"outputSchema":{},"accuracyTarget":1e400}""", "task.invalid")]
    [InlineData("tasks", """{"name":"x","inputSchema":{},"outputSchema":{},"samplingRate":2}""", "task.invalid")]
    [InlineData("tasks", """{"name":"x","inputSchema":{},"outputSchema":{},"sampling":{"oracle":"nobody"}}""", "request.json")]
    [InlineData("keys", """{"name":"x","environment":"mars"}""", "key.invalid")]
    [InlineData("keys", """{"name":"x","environment":"dev","permissions":["executions:import"]}""", "key.invalid")]
    [InlineData("keys", """{"name":"x","environment":"dev","permissions":[null]}""", "key.invalid")]
    public async Task Post_BadBody_Is400(string path, string body, string code)
    {
        using var client = portal.Client(portal.Acme);
        var answer = await client.PostAsync(path, new StringContent(body, new MediaTypeHeaderValue("application/json")));
        await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, code);
    }

    private static async Task<HttpResponseMessage> PatchAsync(HttpClient client, Guid id, EntityTagHeaderValue tag, string description)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"tasks/{id}") { Content = JsonContent.Create(new { description }) };
        request.Headers.IfMatch.Add(tag);
        return await client.SendAsync(request);
    }
}
