using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Loopai.Portal.Tests.Api;
using Loopai.Portal.Tests.Sandbox;

namespace Loopai.Portal.Tests.Plugins.Runtime;

/// <summary>Using plugins as a program does, over HTTP, with those that come with Loopai.</summary>
[Collection(PortalCollection.Name)]
public sealed class PluginUseTests(PortalFixture portal)
{
    private const string Installations = "plugin-installations";

    [SandboxFact]
    public async Task Validator_InstalledAndAttached_SaysWhatIsWrong()
    {
        using var client = portal.Client(portal.Acme);
        var task = await portal.CreateSpamFilterAsync(portal.Acme, $"Judged {Guid.NewGuid():n}", samplingRate: 0);
        var plan = await ReadAsync(await client.PostAsJsonAsync($"{Installations}/plan", new { key = "loopai.regex-dictionary" }));
        plan.GetProperty("capabilities").GetArrayLength().ShouldBeGreaterThan(0);

        // What it may do is agreed to first.
        (await client.PostAsJsonAsync(Installations, new { key = "loopai.regex-dictionary" })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var wrong = await client.PostAsJsonAsync(Installations, new { key = "loopai.regex-dictionary", acceptCapabilities = true, configuration = new { allowed = "ham" } });
        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await wrong.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty("configuration.allowed", out _).ShouldBeTrue();
        var made = await ReadAsync(await client.PostAsJsonAsync(
            Installations, new { key = "loopai.regex-dictionary", acceptCapabilities = true, configuration = new { field = "output", allowed = new[] { "neither" } } }));
        var id = made.GetProperty("id").GetGuid();
        (made.GetProperty("range").GetString(), made.GetProperty("state").GetString()).ShouldBe(("^1.0.0", "on"));

        await ReadAsync(await client.PostAsJsonAsync($"{Installations}/attachments", new { installationId = id, taskId = task, scope = "all" }));
        var execution = await ReadAsync(await client.PostAsJsonAsync("tasks/execute", new { taskId = task, input = new { text = "buy now" } }));
        var verdict = await VerdictAsync(client, execution.GetProperty("id").GetGuid());
        (verdict.GetProperty("verdict").GetString(), verdict.GetProperty("reason").GetString()).ShouldBe(("fail", "output is none of the allowed values."));

        // Nobody else sees it, and it is not taken away while the task has it.
        using var stranger = portal.Client(portal.Globex);
        (await stranger.GetAsync($"{Installations}/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await client.DeleteAsync($"{Installations}/{id}")).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var attached = await client.GetFromJsonAsync<JsonElement>($"{Installations}/attachments?taskId={task}");
        (await client.DeleteAsync($"{Installations}/attachments/{attached.GetProperty("items")[0].GetProperty("id").GetGuid()}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await client.DeleteAsync($"{Installations}/{id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [SandboxFact]
    public async Task Sampler_Attached_DecidesInThePolicysPlace()
    {
        using var client = portal.Client(portal.Acme);
        var task = await portal.CreateSpamFilterAsync(portal.Acme, $"Sampled {Guid.NewGuid():n}", samplingRate: 0);
        var made = await ReadAsync(await client.PostAsJsonAsync(
            Installations, new { key = "loopai.stratified-reservoir", acceptCapabilities = true, configuration = new { perHour = 10_000 } }));
        await ReadAsync(await client.PostAsJsonAsync($"{Installations}/attachments", new { installationId = made.GetProperty("id").GetGuid(), taskId = task }));

        // The first calls start a worker, which takes longer than a sampler may: until then the policy decides, and samples nothing.
        var deadline = DateTime.UtcNow.AddSeconds(30);
        string? by = null;
        while (by is null && DateTime.UtcNow < deadline)
        {
            var execution = await ReadAsync(await client.PostAsJsonAsync("tasks/execute", new { taskId = task, input = new { text = "meet" } }));
            var seen = await client.GetFromJsonAsync<JsonElement>($"executions/{execution.GetProperty("id").GetGuid()}");
            by = seen.TryGetProperty("sampledBy", out var rule) ? rule.GetString() : null;
        }

        by.ShouldBe("plugin");
    }

    private static async Task<JsonElement> VerdictAsync(HttpClient client, Guid execution)
    {
        var deadline = DateTime.UtcNow.AddSeconds(30);
        while (DateTime.UtcNow < deadline)
        {
            var found = await client.GetFromJsonAsync<JsonElement>($"{Installations}/verdicts?executionId={execution}");
            if (found.GetProperty("items").GetArrayLength() > 0)
            {
                return found.GetProperty("items")[0];
            }

            await Task.Delay(50);
        }

        throw new TimeoutException("No verdict came.");
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonElement.Parse(text);
    }
}
