using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Costs.Recommendations;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Portal.Tests.Api;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Costs;

[Collection(PortalCollection.Name)]
public sealed class RecommendationEndpointTests(PortalFixture portal)
{
    [Fact]
    public async Task Recommendations_UnansweredTask_IsDismissedBroughtBackAndTaken()
    {
        var acme = await portal.AddOrganizationAsync("advised");
        using var client = portal.Client(acme);
        var task = await client.CreateTaskAsync();
        var examples = Enumerable.Range(0, 40).Select(i => new { input = new { text = i % 2 == 0 ? $"buy pills number {i}" : $"see you at {i}" }, output = i % 2 == 0 ? "spam" : "ham" });
        (await client.PostAsJsonAsync($"tasks/{task}/examples", examples)).EnsureSuccessStatusCode();
        (await ListAsync(client)).GetProperty("open").GetArrayLength().ShouldBe(0, "nothing says what a model would ask");
        (await client.PutAsJsonAsync($"tasks/{task}/cost-reference", new { provider = "openai", model = "gpt-4o", inputTokens = 100, outputTokens = 10 })).EnsureSuccessStatusCode();

        var found = (await ListAsync(client)).GetProperty("open")[0];
        var id = found.GetProperty("id").GetString();
        (found.GetProperty("kind").GetString(), found.GetProperty("permission").GetString()).ShouldBe(("learn_program", Permissions.ProgramsWrite));
        found.GetProperty("savingPerThousand").GetDecimal().ShouldBeInRange(0.34m, 0.35m);

        (await client.PostAsJsonAsync($"costs/recommendations/{id}/dismiss", new { })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await client.PostAsJsonAsync($"costs/recommendations/{id}/dismiss", new { reason = "Next quarter." })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var dismissed = await ListAsync(client);
        dismissed.GetProperty("open").GetArrayLength().ShouldBe(0);
        dismissed.GetProperty("decided")[0].GetProperty("reason").GetString().ShouldBe("Next quarter.");
        (await client.PostAsJsonAsync($"costs/recommendations/{id}/take", new { })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await client.PostAsJsonAsync($"costs/recommendations/{id}/restore", new { })).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        using var reader = portal.Client(await portal.AddPersonsKeyAsync(acme, [Permissions.CostsRead]));
        (await ListAsync(reader)).GetProperty("open").GetArrayLength().ShouldBe(1);
        (await reader.PostAsJsonAsync($"costs/recommendations/{id}/take", new { })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await reader.PostAsJsonAsync($"costs/recommendations/{id}/dismiss", new { reason = "no" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        var taken = await client.PostAsJsonAsync($"costs/recommendations/{id}/take", new { });
        taken.StatusCode.ShouldBe(HttpStatusCode.OK, await taken.Content.ReadAsStringAsync());
        (await client.GetFromJsonAsync<JsonElement>($"tasks/{task}/programs/jobs")).GetProperty("items").GetArrayLength().ShouldBe(1);
        var after = await ListAsync(client);
        (after.GetProperty("open").GetArrayLength(), after.GetProperty("decided")[0].GetProperty("answer").GetString()).ShouldBe((0, "taken"));
        (await client.GetFromJsonAsync<JsonElement>("audit?action=recommendation.taken")).GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Recommendations_TakenByManyAtOnce_AreDoneOnce()
    {
        var acme = await portal.AddOrganizationAsync("at-once");
        using var client = portal.Client(acme);
        var task = await client.CreateTaskAsync();
        var examples = Enumerable.Range(0, 40).Select(i => new { input = new { text = i % 2 == 0 ? $"buy pills number {i}" : $"see you at {i}" }, output = i % 2 == 0 ? "spam" : "ham" });
        (await client.PostAsJsonAsync($"tasks/{task}/examples", examples)).EnsureSuccessStatusCode();
        (await client.PutAsJsonAsync($"tasks/{task}/cost-reference", new { provider = "openai", model = "gpt-4o", inputTokens = 100, outputTokens = 10 })).EnsureSuccessStatusCode();
        var id = (await ListAsync(client)).GetProperty("open")[0].GetProperty("id").GetString();

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => i % 2 == 0
            ? client.PostAsJsonAsync($"costs/recommendations/{id}/take", new { }) : client.PostAsJsonAsync($"costs/recommendations/{id}/dismiss", new { reason = "Not now." })));

        var won = answers.Single(a => a.IsSuccessStatusCode);
        answers.Where(a => a != won).ShouldAllBe(a => a.StatusCode == HttpStatusCode.NotFound);
        var taken = won.StatusCode == HttpStatusCode.OK;
        (await client.GetFromJsonAsync<JsonElement>($"tasks/{task}/programs/jobs")).GetProperty("items").GetArrayLength().ShouldBe(taken ? 1 : 0);
        (await ListAsync(client)).GetProperty("decided")[0].GetProperty("answer").GetString().ShouldBe(taken ? "taken" : "dismissed");
    }

    [Fact]
    public async Task Recommendations_Taken_AreMeasuredAgainstWhatTheyPromised()
    {
        var acme = await portal.AddOrganizationAsync("measured");
        var (task, now) = (Guid.CreateVersion7(), DateTimeOffset.UtcNow);
        await using (var db = await portal.Services.GetRequiredService<LoopaiData>().OpenAsync(Caller.System(acme.Id), default))
        {
            db.RecommendationDecisions.Add(new RecommendationDecision
            {
                Id = Guid.CreateVersion7(), OrganizationId = acme.Id, RecommendationId = "version-x-2-1", Kind = RecommendationKind.CheaperVersion, SubjectId = task, Title = "Let version 1 answer",
                Answer = RecommendationAnswer.Taken, PromisedPerMonth = 5, Baseline = 0.002m, Currency = "USD", By = "test", At = now.AddDays(-40),
            });
            foreach (var (daysAgo, executions, cost) in new[] { (50, 10_000, 20m), (20, 400, 0.2m), (10, 600, 0.3m) })
            {
                db.ExecutionRollups.Add(new ExecutionRollup
                {
                    OrganizationId = acme.Id, EnvironmentId = acme.Owner.EnvironmentId, TaskId = task, Version = 1, Level = RollupLevel.Hour,
                    StartsAt = RollupLevel.Hour.StartOf(now.AddDays(-daysAgo)), WriterId = Guid.CreateVersion7(), Executions = executions, Cost = cost, Latencies = [],
                });
            }

            await db.SaveChangesAsync();
        }

        using var client = portal.Client(acme);
        var decided = (await ListAsync(client)).GetProperty("decided")[0];

        // (0.002 − 0.0005) × 1,000 executions of the last thirty days.
        (decided.GetProperty("measuredOn").GetInt64(), decided.GetProperty("promisedPerMonth").GetDecimal()).ShouldBe((1000, 5m));
        decided.GetProperty("realizedPerMonth").GetDecimal().ShouldBeInRange(1.49m, 1.50m);
    }

    [Fact]
    public async Task Tags_OfTasks_SplitCostsAndFilterFigures()
    {
        var acme = await portal.AddOrganizationAsync("tagged");
        using var client = portal.Client(acme);
        var (mail, other) = (await portal.CreateSpamFilterAsync(acme), await portal.CreateSpamFilterAsync(acme));
        var refused = await client.PatchAsJsonAsync($"tasks/{mail}", new { tags = new[] { "two words", "ok" } });
        (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").GetProperty("tags")[0].GetString()!.ShouldContain("'two words' is no tag");
        (await client.PatchAsJsonAsync($"tasks/{mail}", new { tags = new[] { " Mail", "team:billing", "mail" } })).EnsureSuccessStatusCode();
        (await client.GetFromJsonAsync<JsonElement>($"tasks/{mail}")).GetProperty("tags").EnumerateArray().Select(t => t.GetString()).ShouldBe(["mail", "team:billing"]);
        (await client.GetFromJsonAsync<JsonElement>("tasks?tag=MAIL")).GetProperty("items").EnumerateArray().Select(t => t.GetProperty("id").GetGuid()).ShouldBe([mail]);
        foreach (var task in new[] { mail, mail, other })
        {
            (await client.ExecuteAsync(task)).EnsureSuccessStatusCode();
        }

        var tags = (await client.GetFromJsonAsync<JsonElement>("costs")).GetProperty("byTag").EnumerateArray().ToDictionary(t => t.GetProperty("name").GetString()!, t => t.GetProperty("executions").GetInt64());
        tags.OrderBy(t => t.Key, StringComparer.Ordinal).ShouldBe(new Dictionary<string, long> { ["No tag"] = 1, ["mail"] = 2, ["team:billing"] = 2 }.OrderBy(t => t.Key, StringComparer.Ordinal));
        (await ExecutionsAsync("tag:in:mail")).ShouldBe(2);
        (await ExecutionsAsync("tag:not_in:mail")).ShouldBe(1);
        (await ExecutionsAsync("tag:in:team:billing")).ShouldBe(2);

        async Task<long> ExecutionsAsync(string filter) =>
            (await client.GetFromJsonAsync<JsonElement>($"analytics/query?metrics=executions&filter={filter}")).GetProperty("totals")[0].GetInt64();
    }

    private static Task<JsonElement> ListAsync(HttpClient client) => client.GetFromJsonAsync<JsonElement>("costs/recommendations");
}
