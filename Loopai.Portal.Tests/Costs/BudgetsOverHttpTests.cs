using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Configuration;
using Loopai.Core.Costs.Budgets;
using Loopai.Core.Data;
using Loopai.Infrastructure.Mail;
using Loopai.Portal.Tests.Api;
using Loopai.Portal.Tests.Identity;
using Loopai.Portal.Tests.Peers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loopai.Portal.Tests.Costs;

[Collection(PortalCollection.Name)]
public sealed class BudgetsOverHttpTests(PortalFixture portal)
{
    private const decimal Amount = 10_100m;

    /// <summary>The price of a tenth of a second, which is what a learned program may cost at most.</summary>
    private const decimal MostEach = 10_000m;

    [Fact]
    public async Task Webhook_OfABudgetItself_IsRefusedAndTheOldOneGoesWhenItIsSaved()
    {
        var acme = await portal.AddOrganizationAsync("budget-webhook");
        using var client = portal.Client(acme);
        var draft = new { name = "all", scope = "organization", period = "month", amount = 10, webhook = "https://pager.example/budgets" };
        (await client.PostAsJsonAsync("budgets", draft)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var made = await (await client.PostAsJsonAsync("budgets", draft with { webhook = "" })).Content.ReadFromJsonAsync<JsonElement>();
        var id = made.GetProperty("id").GetGuid();
        await using (var db = await portal.Services.GetRequiredService<LoopaiData>().OpenAsync(Caller.System(acme.Id), default))
        {
            await db.Budgets.Where(b => b.Id == id).ExecuteUpdateAsync(set => set.SetProperty(b => b.Webhook, draft.webhook));
        }

        (await client.PutAsJsonAsync($"budgets/{id}", draft with { webhook = "https://other.example" })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var kept = await (await client.PutAsJsonAsync($"budgets/{id}", draft)).Content.ReadFromJsonAsync<JsonElement>();
        kept.GetProperty("webhook").GetString().ShouldBe(draft.webhook, "who writes back what they read loses nothing");
        var gone = await (await client.PutAsJsonAsync($"budgets/{id}", draft with { webhook = "" })).Content.ReadFromJsonAsync<JsonElement>();
        (gone.TryGetProperty("webhook", out var left) ? left.GetString() : null).ShouldBeNull();
    }

    [Fact]
    public async Task Stop_FiftyCallersAtOnce_NeverOverspendToTheCentAndAreToldWhy()
    {
        var acme = await portal.AddOrganizationAsync("stopped");
        var task = await portal.CreateSpamFilterAsync(acme, "Stopped filter");
        using var client = portal.Client(acme);
        (await client.PostAsJsonAsync("prices", new { kind = "compute", name = "model", perUnit = MostEach * 10 })).EnsureSuccessStatusCode();
        await Eventually.BecomesAsync(
            async () =>
            {
                (await client.ExecuteAsync(task)).EnsureSuccessStatusCode();
                return (await client.GetFromJsonAsync<JsonElement>("costs")).GetProperty("spent").GetDecimal() > 0.1m;
            },
            true);
        var since = await CostsAsync(acme);
        var spent = since.Sum();
        (await client.PostAsJsonAsync("budgets", new { name = "all", scope = "organization", period = "month", amount = spent + Amount, action = "stop" })).EnsureSuccessStatusCode();
        await Eventually.BecomesAsync(async () => (await client.GetFromJsonAsync<JsonElement>($"tasks/{task}/budgets/explain")).GetProperty("sentence").GetString()!.Contains("organization", StringComparison.Ordinal), true);

        var answers = (await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            var mine = new List<(HttpStatusCode Status, JsonElement Body)>();
            for (var i = 0; i < 4; i++)
            {
                var answer = await client.ExecuteAsync(task);
                mine.Add((answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>()));
            }

            return mine;
        }))).SelectMany(a => a).ToList();

        answers.Select(a => a.Status).Distinct().ShouldBeSubsetOf([HttpStatusCode.OK, HttpStatusCode.TooManyRequests]);
        var refused = answers.Where(a => a.Status == HttpStatusCode.TooManyRequests).ToList();
        refused.ShouldNotBeEmpty("what one execution may cost at most has room once");
        refused.ShouldAllBe(a => a.Body.GetProperty("code").GetString() == "budget.exceeded");
        refused[0].Body.GetProperty("detail").GetString()!.ShouldMatch(@"^Denied by organization stopped, monthly: [\d,.]+ \+ 10,000\.00 > [\d,.]+ USD\.");

        // What a program takes beyond a tenth of a second is settled as it is; up to there, not a cent more than was set is spent.
        var costs = await CostsAsync(acme);
        (costs.Count - since.Count).ShouldBe(answers.Count(a => a.Status == HttpStatusCode.OK), "a refusal costs nothing, and every answer is charged once");
        costs.Sum(c => Math.Min(c, MostEach)).ShouldBeLessThanOrEqualTo(spent + Amount);
    }

    [PeerFact]
    public async Task Threshold_Passed_IsMailedOnceToWhomTheBudgetNames()
    {
        await using var mail = await MailPeer.StartAsync();
        var acme = await portal.AddOrganizationAsync("mailed");
        var task = await portal.CreateSpamFilterAsync(acme, "Mailed filter");
        using var client = portal.Client(acme);
        (await client.PostAsJsonAsync("budgets", new
        {
            name = "Small", scope = "task", scopeId = task, period = "month", amount = 0.000000000001m, action = "alert", emails = new[] { acme.OwnerEmail },
            thresholds = new[] { new { percent = 50, basis = "actual" } },
        })).EnsureSuccessStatusCode();
        (await client.ExecuteAsync(task)).EnsureSuccessStatusCode();

        var services = portal.Services;
        var port = int.Parse(mail.Settings.Single(s => s.StartsWith("--Mail:Port=", StringComparison.Ordinal))["--Mail:Port=".Length..], null);
        var sender = new SmtpMailSender(new MailSettings { Host = "127.0.0.1", Port = port, Security = MailSecurity.None, From = "Loopai <loopai@loopai.example>" });
        var notices = ActivatorUtilities.CreateInstance<BudgetNotices>(services, sender);
        var keeper = new BudgetKeeper(services.GetRequiredService<LoopaiData>(), notices, TimeProvider.System, NullLogger<BudgetKeeper>.Instance);
        await keeper.LookAsync(acme.Id, default);
        await keeper.LookAsync(acme.Id, default);

        var text = await mail.ReadAsync(acme.OwnerEmail);
        text.ShouldContain("The budget Small of task Mailed filter allows 0.000000000001 USD (monthly).");
        text.ShouldContain($"/o/{acme.Slug}/costs/budgets");
        (await client.GetFromJsonAsync<JsonElement>("audit?action=budget.threshold_passed")).GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Currency_AmountsAreThere_CannotBeChanged()
    {
        var acme = await portal.AddOrganizationAsync("converted");
        using var client = portal.Client(acme);
        (await client.PatchAsJsonAsync("settings", new { currency = "EUR" })).EnsureSuccessStatusCode();
        (await client.PostAsJsonAsync("budgets", new { name = "all", scope = "organization", period = "month", amount = 5 })).EnsureSuccessStatusCode();
        var refused = await client.PatchAsJsonAsync("settings", new { currency = "USD" });
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").GetProperty("currency")[0].GetString()!.ShouldStartWith("Amounts in EUR are there already");
        (await client.PatchAsJsonAsync("settings", new { currency = "EUR", name = "Converted" })).EnsureSuccessStatusCode();
    }

    private async Task<List<decimal>> CostsAsync(PortalOrganization organization)
    {
        await using var db = await portal.Services.GetRequiredService<LoopaiData>().OpenAsync(Caller.System(organization.Id), default);
        return await db.Executions.Where(e => e.OrganizationId == organization.Id).Select(e => e.Cost ?? 0).ToListAsync();
    }
}
