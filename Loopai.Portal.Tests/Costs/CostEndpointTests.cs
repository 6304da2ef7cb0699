using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Analytics;
using Loopai.Core.Costs.Budgets;
using Loopai.Portal.Tests.Api;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Costs;

[Collection(PortalCollection.Name)]
public sealed class CostEndpointTests(PortalFixture portal)
{
    [Fact]
    public async Task Costs_PriceAddedLater_AreUnpricedThenAdjustedAndTheLedgerKeepsBoth()
    {
        var (acme, task) = await ArrangeAsync();
        using var client = portal.Client(acme);
        (await client.PatchAsJsonAsync("settings", new { currency = "EUR" })).IsSuccessStatusCode.ShouldBeTrue();
        await Eventually.BecomesAsync(
            async () =>
            {
                (await client.ExecuteAsync(task)).EnsureSuccessStatusCode();
                return (await client.GetFromJsonAsync<JsonElement>("costs/unpriced")).GetProperty("items").EnumerateArray().Select(u => u.GetProperty("meter").GetString()).ToList().Count;
            },
            1);
        (await client.GetFromJsonAsync<JsonElement>("costs")).GetProperty("unpriced").GetInt64().ShouldBeGreaterThan(0);

        var price = await client.PostAsJsonAsync("prices", new { kind = "compute", name = "*", perUnit = 3600, effectiveFrom = DateTimeOffset.UtcNow.Date.AddDays(-1).ToString("yyyy-MM-ddT00:00:00Z", null) });
        price.StatusCode.ShouldBe(HttpStatusCode.Created, await price.Content.ReadAsStringAsync());
        var preview = await client.GetFromJsonAsync<JsonElement>("costs/reprice");
        var difference = preview.GetProperty("difference").GetDecimal();
        difference.ShouldBeGreaterThan(0);
        (await client.PostAsJsonAsync("costs/reprice", new { difference = difference + 1 })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await client.PostAsJsonAsync("costs/reprice", new { difference })).EnsureSuccessStatusCode();

        var summary = await client.GetFromJsonAsync<JsonElement>("costs");
        (summary.GetProperty("unpriced").GetInt64(), summary.GetProperty("spent").GetDecimal()).ShouldBe((0, preview.GetProperty("repriced").GetDecimal()));
        (await client.GetFromJsonAsync<JsonElement>("costs/unpriced")).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await client.GetFromJsonAsync<JsonElement>("costs/entries?kind=adjustment")).GetProperty("items")[0].GetProperty("amount").GetDecimal().ShouldBe(difference);
        (await client.PostAsJsonAsync("costs/reprice", new { })).StatusCode.ShouldBe(HttpStatusCode.Conflict, "there is nothing more to adjust");
    }

    [Fact]
    public async Task Costs_ReferenceModel_TellsWhatItWouldHaveCost()
    {
        var (acme, task) = await ArrangeAsync();
        using var client = portal.Client(acme);
        for (var i = 0; i < 4; i++)
        {
            (await client.ExecuteAsync(task)).EnsureSuccessStatusCode();
        }

        var reference = await client.PutAsJsonAsync($"tasks/{task}/cost-reference", new { provider = "openai", model = "gpt-4o-mini", inputTokens = 1_000_000, outputTokens = 1_000_000 });
        reference.StatusCode.ShouldBe(HttpStatusCode.OK, await reference.Content.ReadAsStringAsync());
        var summary = await client.GetFromJsonAsync<JsonElement>("costs");
        var ours = summary.GetProperty("byTask")[0];
        ours.GetProperty("wouldHaveCost").GetDecimal().ShouldBe(4 * 0.75m);
        ours.GetProperty("saved").GetDecimal().ShouldBe(3m - ours.GetProperty("amount").GetDecimal());
        summary.GetProperty("byTask").EnumerateArray().Sum(t => t.GetProperty("amount").GetDecimal()).ShouldBe(summary.GetProperty("spent").GetDecimal());
        summary.GetProperty("days").EnumerateArray().Sum(d => d.GetProperty("spent").GetDecimal()).ShouldBe(summary.GetProperty("spent").GetDecimal());
        var forecast = await client.GetFromJsonAsync<JsonElement>("costs/forecast");
        forecast.GetProperty("past").EnumerateArray().Last().GetProperty("wouldHaveCost").GetDecimal().ShouldBe(3m);
        (await client.PutAsJsonAsync($"tasks/{task}/cost-reference", new { provider = "nobody", model = "none" })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await client.GetFromJsonAsync<JsonElement>($"costs/forecast?taskId={task}")).GetProperty("month").GetProperty("expected").GetDecimal().ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public async Task Budgets_UsedUp_StopWithTheSumExplainItAndRingTheBell()
    {
        var (acme, task) = await ArrangeAsync();
        using var client = portal.Client(acme);
        (await client.PostAsJsonAsync("prices", new { kind = "compute", name = "model", perUnit = 1000 })).EnsureSuccessStatusCode();
        await Eventually.BecomesAsync(
            async () =>
            {
                (await client.ExecuteAsync(task)).EnsureSuccessStatusCode();
                return (await client.GetFromJsonAsync<JsonElement>("costs")).GetProperty("spent").GetDecimal() > 0.0001m;
            },
            true);
        var made = await client.PostAsJsonAsync("budgets", new { name = "Spam", scope = "task", scopeId = task, period = "month", amount = 0.0001, action = "stop" });
        made.StatusCode.ShouldBe(HttpStatusCode.Created, await made.Content.ReadAsStringAsync());
        await Eventually.BecomesAsync(async () => (await client.ExecuteAsync(task)).StatusCode, HttpStatusCode.TooManyRequests);

        var refused = await (await client.ExecuteAsync(task)).Content.ReadFromJsonAsync<JsonElement>();
        refused.GetProperty("code").GetString().ShouldBe("budget.exceeded");
        refused.GetProperty("detail").GetString()!.ShouldStartWith("Denied by task ");
        var why = await client.GetFromJsonAsync<JsonElement>($"tasks/{task}/budgets/explain");
        why.GetProperty("allowed").GetBoolean().ShouldBeFalse();
        why.GetProperty("sentence").GetString()!.ShouldContain("> 0.0001 USD");
        (await client.GetFromJsonAsync<JsonElement>($"tasks/{task}/budgets/explain?timeoutMs=50")).GetProperty("asked").GetDecimal().ShouldBe(why.GetProperty("asked").GetDecimal() / 2);
        (await client.GetAsync($"tasks/{task}/budgets/explain?timeoutMs=0")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        await portal.Services.GetRequiredService<BudgetKeeper>().LookAsync(acme.Id, default);
        await portal.Services.GetRequiredService<BudgetKeeper>().LookAsync(acme.Id, default);
        var state = (await client.GetFromJsonAsync<JsonElement>("budgets")).GetProperty("items")[0];
        state.GetProperty("alerts").EnumerateArray().Select(a => a.GetProperty("percent").GetDecimal()).Order().ToArray().ShouldBe(new[] { 80m, 100m });
        (await client.GetFromJsonAsync<JsonElement>("audit?action=budget.threshold_passed")).GetProperty("items").GetArrayLength().ShouldBe(2);
        var attention = portal.Services.GetRequiredService<AttentionService>();
        (await attention.ListAsync(acme.Owner, default)).ShouldContain(i => i.Kind == AttentionKind.BudgetSpent && i.TaskName == "Spam");

        // Who may see no task is told of budgets all the same, and of no task.
        var billing = Caller.ForUser(Guid.CreateVersion7(), "Bo", acme.Id, acme.Owner.EnvironmentId, BuiltInRoles.Billing.Permissions);
        (await attention.ListAsync(billing, default)).Select(i => i.Kind).Distinct().ShouldBe([AttentionKind.BudgetSpent]);

        var id = state.GetProperty("budget").GetProperty("id").GetGuid();
        (await client.DeleteAsync($"budgets/{id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await Eventually.BecomesAsync(async () => (await client.ExecuteAsync(task)).StatusCode, HttpStatusCode.OK);
    }

    [Fact]
    public async Task Prices_AndBudgets_Impossible_NameEveryField()
    {
        using var client = portal.Client(portal.Acme);
        var price = await (await client.PostAsJsonAsync("prices", new { kind = "tokens", input = -1, perUnit = 3, effectiveFrom = "2026-03-01T00:30:00Z" })).Content.ReadFromJsonAsync<JsonElement>();
        price.GetProperty("errors").EnumerateObject().Select(e => e.Name).Order(StringComparer.Ordinal).ShouldBe(["effectiveFrom", "input", "name", "output", "perUnit", "provider"]);
        var budget = await (await client.PostAsJsonAsync("budgets", new { scope = "task", amount = 0, action = "throttle", emails = new[] { "nobody@example.com" } })).Content.ReadFromJsonAsync<JsonElement>();
        budget.GetProperty("errors").EnumerateObject().Select(e => e.Name).Order(StringComparer.Ordinal).ShouldBe(["amount", "emails", "name", "period", "scopeId", "throttlePerMinute"]);
        (await client.PostAsJsonAsync("budgets", new { name = "x", scope = "task", scopeId = Guid.CreateVersion7(), period = "day", amount = 1 })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task<(PortalOrganization Organization, Guid Task)> ArrangeAsync()
    {
        var acme = await portal.AddOrganizationAsync("costly");
        return (acme, await portal.CreateSpamFilterAsync(acme, "priced"));
    }
}
