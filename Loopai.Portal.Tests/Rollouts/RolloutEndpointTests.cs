using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Programs;
using Loopai.Portal.Tests.Api;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Rollouts;

/// <summary>Rollouts of the running portal, over its API and under real traffic.</summary>
[Collection(PortalCollection.Name)]
public sealed class RolloutEndpointTests(PortalFixture portal)
{
    [Fact]
    public async Task Rollout_BadVersion_TakesItselfBack()
    {
        var acme = await portal.AddOrganizationAsync("rollout");
        using var client = portal.Client(acme);
        var task = await portal.CreateSpamFilterAsync(acme);
        var bad = await AddBadVersionAsync(acme, task);
        var rollout = await StartAsync(client, task, new { version = bad, stages = new[] { new { percent = 50.0, leastMinutes = 60, leastUnits = 1000 }, new { percent = 100.0, leastMinutes = 60, leastUnits = 0 } } });
        var (answered, calls) = (new HashSet<int>(), 0);

        var since = Stopwatch.StartNew();
        JsonElement now;
        do
        {
            for (var i = 0; i < 20; i++)
            {
                answered.Add(await VersionAsync(client, task, $"user-{calls++}"));
            }

            now = await client.GetFromJsonAsync<JsonElement>($"tasks/{task}/rollouts/{rollout}");
            since.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(2), $"{now}");
        }
        while (now.GetProperty("status").GetString() == "running");

        now.GetProperty("status").GetString().ShouldBe("rolled_back");
        now.GetProperty("reason").GetString()!.ShouldContain("the limit is 20 %");
        answered.ShouldBe([1, bad], ignoreOrder: true);
        var history = (await client.GetFromJsonAsync<JsonElement>($"tasks/{task}/rollouts/{rollout}/history")).GetProperty("items");
        history.EnumerateArray().Select(e => $"{e.GetProperty("action")} {e.GetProperty("by")}").First().ShouldBe("rolled_back Loopai");
        await EventuallyAsync(async () => await VersionAsync(client, task, "user-1") == 1 && await VersionAsync(client, task, "user-2") == 1 && await VersionAsync(client, task, null) == 1);
        (await client.GetFromJsonAsync<JsonElement>("attention")).EnumerateArray()
            .Count(a => a.GetProperty("kind").GetString() == "rolled_back" && a.GetProperty("taskId").GetGuid() == task).ShouldBe(1);
    }

    [Fact]
    public async Task Rollout_Started_MovesItsShareOfTheUnitsWithinItsEnvironment()
    {
        var acme = await portal.AddOrganizationAsync("rollout");
        using var client = portal.Client(acme);
        using var staging = portal.Client(await portal.AddKeyAsync(acme.Owner, [Permissions.ExecutionsRun], "staging"));
        var task = await portal.CreateSpamFilterAsync(acme);
        await portal.AddVersionAsync(acme, task);
        (await client.PostAsJsonAsync($"tasks/{task}/programs/1/activate", new { })).EnsureSuccessStatusCode();
        await VersionAsync(client, task, "user-1");

        var rollout = await StartAsync(client, task, new { version = 2, stages = new[] { new { percent = 50.0, leastMinutes = 60, leastUnits = 0 }, new { percent = 100.0, leastMinutes = 60, leastUnits = 0 } } });

        await EventuallyAsync(async () => (await ManyAsync(client)).Contains(2));
        var (first, second) = (await ManyAsync(client), await ManyAsync(client));
        second.ShouldBe(first);
        first.Count(v => v == 2).ShouldBeInRange(20, 60);
        (await ManyAsync(staging)).ShouldAllBe(v => v == 1);
        (await client.PostAsJsonAsync("tasks/execute", new { taskId = task, input = new { text = "x" }, version = 1, unit = $"user-{first.IndexOf(2)}" })).EnsureSuccessStatusCode();
        (await client.PostAsJsonAsync($"tasks/{task}/rollouts/{rollout}/abort", new { reason = "enough" })).EnsureSuccessStatusCode();
        await EventuallyAsync(async () => (await ManyAsync(client)).TrueForAll(v => v == 1));

        async Task<List<int>> ManyAsync(HttpClient asks)
        {
            var versions = new List<int>();
            for (var i = 0; i < 80; i++)
            {
                versions.Add(await VersionAsync(asks, task, $"user-{i}"));
            }

            return versions;
        }
    }

    private static async Task<Guid> StartAsync(HttpClient client, Guid task, object body)
    {
        using var answer = await client.PostAsJsonAsync($"tasks/{task}/rollouts", body);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
    }

    /// <summary>The version that answered, well or badly.</summary>
    private static async Task<int> VersionAsync(HttpClient client, Guid task, string? unit)
    {
        using var answer = await client.PostAsJsonAsync("tasks/execute", new { taskId = task, input = new { text = "buy pills" }, unit });
        var said = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return said.TryGetProperty("version", out var version) ? version.GetInt32()
            : (await client.GetFromJsonAsync<JsonElement>($"executions/{said.GetProperty("executionId").GetGuid()}")).GetProperty("version").GetInt32();
    }

    /// <summary>A version whose every answer does not fit the output schema: the model of another task.</summary>
    private async Task<int> AddBadVersionAsync(PortalOrganization organization, Guid task)
    {
        var artifact = Synthesizer.Synthesize(
            new SynthesisRequest
            {
                Examples = [.. Enumerable.Range(0, 40).Select(i => new LabelledExample(PortalTasks.Text($"text {i} {(i % 2 == 0 ? "buy" : "meet")}"), JsonSerializer.SerializeToElement(i % 2 == 0 ? "yes" : "no")))],
                InputSchema = JsonElement.Parse(PortalTasks.InputSchema), OutputSchema = JsonElement.Parse("""{"enum":["yes","no"]}"""), Strategy = SynthesisStrategy.Rule,
            },
            null, CancellationToken.None).Artifact;
        await using var db = await portal.Services.GetRequiredService<LoopaiData>().OpenAsync(Caller.System(organization.Id), CancellationToken.None);
        var definition = await db.Tasks.SingleAsync(t => t.Id == task);
        db.Programs.Add(new ProgramVersion
        {
            Id = Guid.CreateVersion7(), OrganizationId = organization.Id, TaskId = task, Version = ++definition.LastVersion, Language = ProgramLanguage.Model, Strategy = "rule",
            Artifact = artifact, Status = ProgramStatus.Validated, CreatedBy = "test", CreatedAt = DateTimeOffset.UtcNow,
        });
        await db.SaveChangesAsync();
        return definition.LastVersion;
    }

    private static async Task EventuallyAsync(Func<Task<bool>> holds)
    {
        for (var since = Stopwatch.StartNew(); !await holds(); await Task.Delay(50))
        {
            since.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60));
        }
    }
}
