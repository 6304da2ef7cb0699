using System.Net.Http.Json;
using System.Text.Json;
using Loopai.Portal.Tests.Api;

namespace Loopai.Portal.Tests.Experiments;

/// <summary>Experiments on the hot path, through the real portal.</summary>
[Collection(PortalCollection.Name)]
public sealed class ExecuteInExperimentTests(PortalFixture portal)
{
    [Fact]
    public async Task Execute_WhileOneRuns_GivesEachUnitOneVariantAndRecordsIt()
    {
        using var client = portal.Client(portal.Acme);
        var (task, experiment) = await StartAsync(client, new { });
        var first = await ExecuteUntilAssignedAsync(client, task, "user-0");
        for (var i = 0; i < 20; i++)
        {
            var unit = $"user-{i}";
            var explained = await client.GetFromJsonAsync<JsonElement>($"experiments/{experiment}/assignment?unit={unit}");
            var answer = await ExecuteAsync(client, task, unit);
            var given = answer.GetProperty("experiment");
            given.GetProperty("id").GetGuid().ShouldBe(experiment);
            given.GetProperty("variant").GetString().ShouldBe(explained.GetProperty("variant").GetString());
            answer.GetProperty("version").GetInt32().ShouldBe(explained.GetProperty("version").GetInt32());
            (await ExecuteAsync(client, task, unit)).GetProperty("version").GetInt32().ShouldBe(answer.GetProperty("version").GetInt32());
        }

        var record = await client.GetFromJsonAsync<JsonElement>($"executions/{first.GetProperty("id").GetGuid()}");
        record.GetProperty("experimentId").GetGuid().ShouldBe(experiment);
        record.GetProperty("variant").GetInt32().ShouldBe(record.GetProperty("version").GetInt32() - 1);
    }

    [Fact]
    public async Task Execute_PinnedOrFromBefore_StaysOutside()
    {
        using var client = portal.Client(portal.Acme);
        var (task, _) = await StartAsync(client, new { });
        await ExecuteUntilAssignedAsync(client, task, "ada");
        var pinned = await (await client.PostAsJsonAsync("tasks/execute", new { taskId = task, input = new { text = "buy" }, unit = "ada", version = 1 })).Content.ReadFromJsonAsync<JsonElement>();
        pinned.TryGetProperty("experiment", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Execute_Paused_GivesEverybodyTheControlUncounted()
    {
        using var client = portal.Client(portal.Acme);
        var (task, experiment) = await StartAsync(client, new { });
        await ExecuteUntilAssignedAsync(client, task, "ada");
        (await client.PostAsJsonAsync($"experiments/{experiment}/pause", new { })).IsSuccessStatusCode.ShouldBeTrue();
        await Eventually.BecomesAsync(async () =>
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => ExecuteAsync(client, task, $"user-{i}")));
            return answers.All(a => a.GetProperty("version").GetInt32() == 1 && a.GetProperty("experiment").GetProperty("variant").GetString() == "control");
        }, true);
        var last = (await client.GetFromJsonAsync<JsonElement>($"executions?taskId={task}&limit=1")).GetProperty("items")[0];
        last.TryGetProperty("experimentId", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Execute_WithoutUnit_IsAUnitOfItsOwn()
    {
        using var client = portal.Client(portal.Acme);
        var (task, experiment) = await StartAsync(client, new { });
        await ExecuteUntilAssignedAsync(client, task, null);
        var answer = await ExecuteAsync(client, task, null);
        var explained = await client.GetFromJsonAsync<JsonElement>($"experiments/{experiment}/assignment?unit={answer.GetProperty("id").GetGuid()}");
        explained.GetProperty("variant").GetString().ShouldBe(answer.GetProperty("experiment").GetProperty("variant").GetString());
    }

    [Fact]
    public async Task Execute_Shadow_RunsBesideTheControlUnseen()
    {
        using var client = portal.Client(portal.Acme);
        var (task, experiment) = await StartAsync(client, new { shadow = true });
        var answer = await ExecuteUntilAssignedAsync(client, task, "ada");
        answer.GetProperty("version").GetInt32().ShouldBe(1);

        JsonElement shadow = default;
        await Eventually.BecomesAsync(async () =>
        {
            var rows = (await client.GetFromJsonAsync<JsonElement>($"executions?taskId={task}&version=2")).GetProperty("items");
            shadow = rows.EnumerateArray().FirstOrDefault(r => r.TryGetProperty("shadowOf", out var of) && of.GetGuid() == answer.GetProperty("id").GetGuid());
            return shadow.ValueKind == JsonValueKind.Object;
        }, true);
        (shadow.GetProperty("source").GetString(), shadow.GetProperty("variant").GetInt32(), shadow.GetProperty("unit").GetString()).ShouldBe(("shadow", 1, "ada"));
        shadow.GetProperty("experimentId").GetGuid().ShouldBe(experiment);
    }

    [Fact]
    public async Task Execute_Targeted_GoesByAttributesOrElseByTheInput()
    {
        using var client = portal.Client(portal.Acme);
        var (task, _) = await StartAsync(client, new { targeting = new { country = "de" } });
        await Eventually.BecomesAsync(async () => (await ExecuteAsync(client, task, "ada", new { country = "de" })).TryGetProperty("experiment", out _), true);
        (await ExecuteAsync(client, task, "ada", new { country = "fr" })).TryGetProperty("experiment", out _).ShouldBeFalse();
        (await ExecuteAsync(client, task, "ada")).TryGetProperty("experiment", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Batch_WhileOneRuns_GivesEachItemItsUnitsVariant()
    {
        using var client = portal.Client(portal.Acme);
        var (task, _) = await StartAsync(client, new { });
        await ExecuteUntilAssignedAsync(client, task, "user-0");
        var items = Enumerable.Range(0, 40).Select(i => new { id = $"{i}", unit = $"user-{i}", input = new { text = "buy" } });
        (await client.PostAsJsonAsync("batch/execute", new { taskId = task, items })).IsSuccessStatusCode.ShouldBeTrue();
        var rows = (await client.GetFromJsonAsync<JsonElement>($"executions?taskId={task}&limit=40")).GetProperty("items").EnumerateArray().ToList();
        rows.ShouldAllBe(r => r.GetProperty("variant").GetInt32() == r.GetProperty("version").GetInt32() - 1);
        rows.Select(r => r.GetProperty("version").GetInt32()).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task Assignment_UnitOf10KB_IsRefused()
    {
        using var client = portal.Client(portal.Acme);
        var (task, experiment) = await StartAsync(client, new { });
        var unit = new string('u', 10_240);
        ((int)(await client.GetAsync($"experiments/{experiment}/assignment?unit={unit[..6000]}")).StatusCode).ShouldBe(400);
        ((int)(await client.PostAsJsonAsync("tasks/execute", new { taskId = task, input = new { text = "buy" }, unit })).StatusCode).ShouldBe(400);
    }

    private async Task<(Guid Task, Guid Experiment)> StartAsync(HttpClient client, object wanted)
    {
        var wish = JsonSerializer.SerializeToElement(wanted);
        var shadow = wish.TryGetProperty("shadow", out _);
        var task = await portal.CreateSpamFilterAsync(portal.Acme);
        await portal.AddVersionAsync(portal.Acme, task);
        (await client.PostAsJsonAsync($"tasks/{task}/programs/1/activate", new { force = true })).IsSuccessStatusCode.ShouldBeTrue();
        var made = await client.PostAsJsonAsync("experiments", new
        {
            taskId = task,
            name = $"Experiment {Guid.NewGuid():n}",
            variants = new object[] { new { version = 1 }, shadow ? new { version = 2, shadow } : new { version = 2 } },
            metrics = new[] { new { metric = "accuracy", role = "goal" } },
            targeting = wish.TryGetProperty("targeting", out var condition) ? condition : (JsonElement?)null,
        });
        made.IsSuccessStatusCode.ShouldBeTrue(await made.Content.ReadAsStringAsync());
        var id = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        var started = await client.PostAsJsonAsync($"experiments/{id}/start", new { });
        started.IsSuccessStatusCode.ShouldBeTrue(await started.Content.ReadAsStringAsync());
        return (task, id);
    }

    /// <summary>The start reaches the hot path within a second.</summary>
    private static async Task<JsonElement> ExecuteUntilAssignedAsync(HttpClient client, Guid task, string? unit)
    {
        JsonElement answer = default;
        await Eventually.BecomesAsync(async () => (answer = await ExecuteAsync(client, task, unit)).TryGetProperty("experiment", out _), true);
        return answer;
    }

    private static async Task<JsonElement> ExecuteAsync(HttpClient client, Guid task, string? unit, object? attributes = null)
    {
        var answer = await client.PostAsJsonAsync("tasks/execute", new { taskId = task, input = new { text = "buy pills" }, unit, attributes = attributes ?? new { } });
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
