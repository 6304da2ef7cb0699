using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Loopai.Portal.Tests.Api;
using Loopai.Portal.Tests.Audit;

namespace Loopai.Portal.Tests.Webhooks;

/// <summary>The running portal: a program fails, and a receiver knows it.</summary>
[Collection(PortalCollection.Name)]
public sealed class WebhookEndpointTests(PortalFixture portal)
{
    [Fact]
    public async Task FailedExecution_IsToldToTheReceiver_AndStandsInTheLog()
    {
        var acme = await portal.AddOrganizationAsync("webhooks");
        using var client = portal.Client(acme);
        await using var receiver = await AuditReceiver.StartAsync();
        var created = await client.PostAsJsonAsync("webhooks", new { name = "Pager", url = receiver.Url, eventTypes = new[] { "execution.failed", "task.*" }, environment = "production", headers = new Dictionary<string, string> { ["Authorization"] = "Bearer opensesame" } });
        created.StatusCode.ShouldBe(HttpStatusCode.Created, await created.Content.ReadAsStringAsync());
        var webhook = await created.Content.ReadFromJsonAsync<JsonElement>();
        var id = webhook.GetProperty("id").GetGuid();
        webhook.GetProperty("secret").GetString()!.ShouldStartWith("whsec_");
        webhook.GetProperty("headers").GetProperty("Authorization").GetString().ShouldBe("•••");

        var task = await portal.CreateSpamFilterAsync(acme, "Spam", outputSchema: """{"enum":["neither"]}""");
        await Eventually.BecomesAsync(
            async () =>
            {
                await client.PostAsJsonAsync("tasks/execute", new { taskId = task, input = new { text = "hello" } });
                return receiver.Requests.Any(r => TypeOf(r.Body) == "execution.failed");
            },
            true);

        // The receiver has it before the answer is on record.
        var taken = $"webhooks/{id}/deliveries?type=execution.failed&state=succeeded&limit=1";
        await Eventually.BecomesAsync(async () => (await client.GetFromJsonAsync<JsonElement>(taken)).GetProperty("items").GetArrayLength(), 1);
        receiver.Requests.Select(r => TypeOf(r.Body)).ShouldContain("task.created");
        var told = receiver.Requests.First(r => TypeOf(r.Body) == "execution.failed");
        var data = JsonElement.Parse(told.Body).GetProperty("data");
        (data.GetProperty("taskId").GetGuid(), data.GetProperty("status").GetString()).ShouldBe((task, "invalid_output"));
        data.TryGetProperty("input", out _).ShouldBeFalse();
        var list = await client.GetFromJsonAsync<JsonElement>(taken);
        var delivery = list.GetProperty("items")[0];
        delivery.GetProperty("messageId").GetString()!.ShouldStartWith("evt_");
        var detail = await client.GetStringAsync($"webhooks/{id}/deliveries/{delivery.GetProperty("id").GetGuid()}");
        detail.ShouldNotContain("opensesame");
        JsonElement.Parse(detail).GetProperty("attempts")[0].GetProperty("status").GetInt32().ShouldBe(200);

        using var old = new HttpRequestMessage(HttpMethod.Patch, $"webhooks/{id}") { Content = JsonContent.Create(new { name = "x" }), Headers = { { "If-Match", "\"7\"" } } };
        (await client.SendAsync(old)).StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await client.DeleteAsync($"webhooks/{id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await client.GetAsync($"webhooks/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static string? TypeOf(byte[] body) => JsonElement.Parse(body).GetProperty("type").GetString();
}
