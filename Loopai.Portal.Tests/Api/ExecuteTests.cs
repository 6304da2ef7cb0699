using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Loopai.Portal.Tests.Sandbox;

namespace Loopai.Portal.Tests.Api;

[Collection(PortalCollection.Name)]
public sealed class ExecuteTests(PortalFixture portal)
{
    [Fact]
    public async Task Execute_ActiveVersion_AnswersAndIsOnRecord()
    {
        var task = await portal.CreateSpamFilterAsync(portal.Acme);
        using var client = portal.Client(portal.Acme);

        var spam = await (await client.ExecuteAsync(task, "buy cheap pills")).Content.ReadFromJsonAsync<JsonElement>();
        var ham = await (await client.ExecuteAsync(task, "minutes of the meeting attached")).Content.ReadFromJsonAsync<JsonElement>();

        (spam.GetProperty("output").GetString(), ham.GetProperty("output").GetString()).ShouldBe(("spam", "ham"));
        var record = await client.GetFromJsonAsync<JsonElement>($"executions/{spam.GetProperty("executionId").GetGuid()}");
        record.GetProperty("input").GetProperty("text").GetString().ShouldBe("buy cheap pills");
        record.GetProperty("status").GetString().ShouldBe("success");
    }

    [Fact]
    public async Task Execute_SnakeCase_IsTheSame()
    {
        var task = await portal.CreateSpamFilterAsync(portal.Acme);
        using var client = portal.Client(portal.Acme);

        var answer = await client.PostAsJsonAsync("tasks/execute", new { task_id = task, input = new { text = "buy" }, force_validation = true, timeout_ms = 100 });

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("sampledForValidation").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Execute_OutputAgainstTheSchema_Is422WithTheExecutionsId()
    {
        var task = await portal.CreateSpamFilterAsync(portal.Acme, outputSchema: """{"enum":["yes","no"]}""");
        using var client = portal.Client(portal.Acme);

        var answer = await client.ExecuteAsync(task);

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        var record = await client.GetFromJsonAsync<JsonElement>($"executions/{problem.GetProperty("executionId").GetGuid()}");
        record.GetProperty("status").GetString().ShouldBe("invalid_output");
    }

    [SandboxFact]
    public async Task Execute_SandboxCannotRunIt_Is503AndNothingIsOnRecord()
    {
        var task = await portal.CreateSpamFilterAsync(portal.Acme);
        using var here = portal.Client(portal.Acme);
        var added = await here.PostAsJsonAsync($"tasks/{task}/programs", new { language = "python", code = "def execute(input):\n    return 'ham'\n" });
        var version = (await added.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("version").GetInt32();
        var withoutSandbox = await portal.StartPortalAsync("--Sandbox:Enabled=false");
        try
        {
            using var there = portal.Client(portal.Acme.Key, PortalFixture.AddressOf(withoutSandbox));

            var answer = await there.PostAsJsonAsync("tasks/execute", new { taskId = task, version, input = new { text = "buy" } });

            await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "execution.sandbox_unavailable");
            answer.Headers.RetryAfter.ShouldNotBeNull();
            (await here.GetFromJsonAsync<JsonElement>($"executions?taskId={task}")).GetProperty("items").GetArrayLength().ShouldBe(0);
        }
        finally
        {
            await PortalFixture.StopAsync(withoutSandbox);
        }
    }

    [Fact]
    public async Task Batch_Items_KeepTheirOrder()
    {
        var task = await portal.CreateSpamFilterAsync(portal.Acme);
        using var client = portal.Client(portal.Acme);
        var items = Enumerable.Range(0, 50).Select(i => new { id = $"i{i}", input = new { text = i % 2 == 0 ? "buy pills" : "meeting minutes" } });

        var answer = await client.PostAsJsonAsync("batch/execute", new { taskId = task, items, maxConcurrency = 8 });

        var batch = await answer.Content.ReadFromJsonAsync<JsonElement>();
        batch.GetProperty("successCount").GetInt32().ShouldBe(50);
        batch.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("id").GetString()).ShouldBe(items.Select(i => i.id));
    }
}
