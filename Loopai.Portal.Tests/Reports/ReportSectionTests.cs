using System.Net.Http.Json;
using System.Text.Json;
using Loopai.Core.Costs;
using Loopai.Portal.Tests.Api;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Reports;

[Collection(PortalCollection.Name)]
public sealed class ReportSectionTests(PortalFixture portal)
{
    [Fact]
    public async Task Costs_AndBudgets_SayWhatTheLedgerSays()
    {
        var acme = await portal.AddOrganizationAsync("ledger");
        var (task, other) = (await portal.CreateSpamFilterAsync(acme, "Spam filter"), await portal.CreateSpamFilterAsync(acme, "Another"));
        using var client = portal.Client(acme);
        (await client.PutAsJsonAsync($"tasks/{task}/cost-reference", new { provider = "openai", model = "gpt-4o-mini", inputTokens = 1_000_000, outputTokens = 1_000_000 })).EnsureSuccessStatusCode();
        (await client.PostAsJsonAsync("budgets", new { name = "Everything", scope = "organization", period = "month", amount = 10 })).EnsureSuccessStatusCode();
        foreach (var id in new[] { task, task, other })
        {
            (await client.ExecuteAsync(id)).EnsureSuccessStatusCode();
        }

        var sections = await PreviewAsync(client, []);
        var summary = await portal.Services.GetRequiredService<CostService>().SummaryAsync(acme.Owner, new CostRange(), default);
        var (figures, days, tasks) = (Table(sections[0], 0), Table(sections[0], 1), Table(sections[0], 2));
        figures.Select(row => row[0].GetString()).ShouldBe(["Spent (USD)", "As calls to language models (USD)", "Saved (USD)", "A thousand right answers (USD)"]);
        figures[1][1].GetDouble().ShouldBe(1.5);
        ((decimal)figures[2][1].GetDouble()).ShouldBe(summary.Saved!.Value, 1e-9m);
        days.Sum(day => day[2].GetDouble()).ShouldBe(1.5);
        tasks.Select(row => row[0].GetString()).Order().ShouldBe(["Another", "Spam filter", "Total"]);
        tasks.Single(row => row[0].GetString() == "Total")[2].GetInt64().ShouldBe(3);
        Table(sections[1], 0).Single().Select(cell => cell.ToString()).Take(3).ShouldBe(["Everything", "the organization", "monthly"]);

        var alone = Table((await PreviewAsync(client, [other]))[0], 1);
        alone.Select(row => row[0].GetString()).ShouldNotContain("Spam filter");

        using var reader = portal.Client(await portal.AddPersonsKeyAsync(acme, ["reports:read", "reports:write"]));
        var hidden = await PreviewAsync(reader, []);
        hidden.ShouldAllBe(s => s.GetProperty("tables").GetArrayLength() == 0 && s.GetProperty("note").GetString()!.Contains("costs:read", StringComparison.Ordinal));
    }

    private static async Task<IReadOnlyList<JsonElement>> PreviewAsync(HttpClient client, Guid[] tasks)
    {
        var today = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd", null);
        var answer = await client.PostAsJsonAsync(
            "reports/preview",
            new { name = "Money", definition = new { period = "custom", from = today, to = today, tasks, sections = new[] { new { kind = "costs" }, new { kind = "budgets" } } } });
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return [.. (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("sections").EnumerateArray()];
    }

    private static IReadOnlyList<IReadOnlyList<JsonElement>> Table(JsonElement section, int index) =>
        [.. section.GetProperty("tables")[index].GetProperty("rows").EnumerateArray().Select(row => (IReadOnlyList<JsonElement>)[.. row.EnumerateArray()])];
}
