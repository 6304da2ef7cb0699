using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Loopai.Core.Tasks;
using Loopai.Portal.Tests.Api;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Programs;

[Collection(PortalCollection.Name)]
public sealed class GenerationEndpointTests(PortalFixture portal)
{
    [Fact]
    public async Task Cancel_OfARunningJob_EndsItThroughAnyPortal_AndIsTheSameTwice()
    {
        using var client = portal.Client(portal.Acme);
        var task = await client.CreateTaskAsync(outputSchema: """{"type":"string"}""");
        await portal.Services.GetRequiredService<ExampleService>().AddSlowAsync(portal.Acme.Owner, task);
        var twin = await portal.StartPortalAsync();
        try
        {
            using var there = portal.Client(portal.Acme.Key, PortalFixture.AddressOf(twin));
            var started = await client.PostAsJsonAsync($"tasks/{task}/programs/generate", new { activate = true });
            started.StatusCode.ShouldBe(HttpStatusCode.Accepted);
            var job = started.Headers.Location!;
            await UntilAsync(client, job, "running");

            var cancelled = await there.PostAsync($"{job}/cancel", null);
            var again = await client.PostAsync($"{job}/cancel", null);

            (cancelled.StatusCode, again.StatusCode).ShouldBe((HttpStatusCode.OK, HttpStatusCode.OK));
            var body = await cancelled.Content.ReadAsStringAsync();
            (await again.Content.ReadAsStringAsync()).ShouldBe(body);
            var answer = JsonElement.Parse(body);
            answer.GetProperty("status").GetString().ShouldBe("cancelled");
            answer.GetProperty("finishedAt").GetDateTimeOffset().ShouldBeGreaterThanOrEqualTo(answer.GetProperty("startedAt").GetDateTimeOffset());
            (await client.GetStringAsync(job)).ShouldBe(body);
            (await client.GetFromJsonAsync<JsonElement>($"tasks/{task}/programs")).GetProperty("items").GetArrayLength().ShouldBe(0);
            var next = await client.PostAsJsonAsync($"tasks/{task}/programs/generate", new { strategy = "rule" });
            next.StatusCode.ShouldBe(HttpStatusCode.Accepted, "the task is free for the next");
            (await there.PostAsync($"{next.Headers.Location}/cancel", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
        finally
        {
            await PortalFixture.StopAsync(twin);
        }
    }

    [Fact]
    public async Task Cancel_OfAJobThatIsOverOrUnknown_IsAProblem()
    {
        using var client = portal.Client(portal.Acme);
        var task = await client.CreateTaskAsync();
        await client.PostAsJsonAsync($"tasks/{task}/examples", Enumerable.Range(0, 20).Select(i => new { input = new { text = i % 2 == 0 ? $"buy {i}" : $"meet {i}" }, output = i % 2 == 0 ? "spam" : "ham" }));
        var job = (await client.PostAsJsonAsync($"tasks/{task}/programs/generate", new { strategy = "rule" })).Headers.Location!;
        await UntilAsync(client, job, "succeeded");

        var over = await client.PostAsync($"{job}/cancel", null);
        var unknown = await client.PostAsync($"tasks/{task}/programs/jobs/{Guid.NewGuid()}/cancel", null);

        await over.ShouldBeProblemAsync(HttpStatusCode.Conflict, "generation.over");
        await unknown.ShouldBeProblemAsync(HttpStatusCode.NotFound, "generation.not_found");
    }

    private static async Task UntilAsync(HttpClient client, Uri job, string status)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while ((await client.GetFromJsonAsync<JsonElement>(job, patience.Token)).GetProperty("status").GetString() != status)
        {
            await Task.Delay(50, patience.Token);
        }
    }
}
