using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Loopai.Portal.Tests.Api;

namespace Loopai.Portal.Tests.Usage;

[Collection(PortalCollection.Name)]
public sealed class UsageEndpointTests(PortalFixture portal)
{
    [Fact]
    public async Task Usage_OfTwoKeys_IsCountedPerDayKeyAndTask()
    {
        var acme = await portal.AddOrganizationAsync("used");
        var task = await portal.CreateSpamFilterAsync(acme, "counted");
        await portal.AddVersionAsync(acme, task);
        using var owner = portal.Client(acme);
        using var other = portal.Client(await portal.AddKeyAsync(acme.Owner, ["executions:run"]));
        for (var i = 0; i < 5; i++)
        {
            var client = i < 3 ? owner : other;
            (await client.PostAsJsonAsync("tasks/execute", new { taskId = task, input = new { text = $"mail {i}" } })).IsSuccessStatusCode.ShouldBeTrue();
        }

        var rows = (await owner.GetFromJsonAsync<JsonElement>("usage")).GetProperty("items").EnumerateArray().ToList();
        rows.Select(r => r.GetProperty("executions").GetInt64()).Order().ShouldBe([2, 3]);
        rows.ShouldAllBe(r => r.GetProperty("taskId").GetGuid() == task && r.GetProperty("key").GetString() == "test" && r.GetProperty("executionMs").GetDouble() > 0);
        var key = rows[0].GetProperty("keyId").GetGuid();
        (await owner.GetFromJsonAsync<JsonElement>($"usage?keyId={key}")).GetProperty("items").GetArrayLength().ShouldBe(1);
        (await owner.GetFromJsonAsync<JsonElement>("usage?from=2026-01-01&to=2026-01-31")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Usage_AskedForAsCsv_IsAFile()
    {
        using var owner = portal.Client(portal.Acme);
        owner.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/csv"));
        var answer = await owner.GetAsync("usage");
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/csv");
        (await answer.Content.ReadAsStringAsync()).ShouldStartWith("day,key_id,key,task_id,task,executions,errors,execution_ms");
    }

    [Theory]
    [InlineData("usage?from=2026-02-01&to=2026-01-01")]
    [InlineData("usage?from=2020-01-01&to=2026-01-01")]
    public async Task Usage_OfAnImpossibleRange_IsRefused(string path)
    {
        using var owner = portal.Client(portal.Acme);
        ((int)(await owner.GetAsync(path)).StatusCode).ShouldBe(400);
    }
}
