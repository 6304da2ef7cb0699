using System.Net.Http.Json;
using System.Text.Json;
using Loopai.Portal.Tests.Api;
using Loopai.Portal.Tests.Sandbox;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loopai.Portal.Tests.Browser;

public sealed class PluginUserJourneyTests(PortalVisit visit) : IClassFixture<PortalVisit>
{
    private static readonly LocatorAssertionsToBeVisibleOptions Patient = new() { Timeout = 30_000 };

    [SandboxFact]
    public async Task Validator_FoundInstalledConfiguredAttached_ItsVerdictIsSeen()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        var task = await visit.Portal.CreateSpamFilterAsync(acme, "Spam filter");
        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}/plugins");
        var page = opened.Page;
        page.SetDefaultTimeout(30_000);

        await page.GetByRole(AriaRole.Link, new() { Name = "Patterns and word lists" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Patterns and word lists", Level = 1 })).ToBeVisibleAsync(Patient);
        await page.GetByRole(AriaRole.Link, new() { Name = "Install" }).ClickAsync();
        await page.Locator(".field", new() { HasText = "the whole value has to match" }).Locator("textarea").FillAsync("neither");
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await page.GetByRole(AriaRole.Button, new() { Name = "Allow this and install" }).ClickAsync();
        await Expect(page.GetByText("No task yet")).ToBeVisibleAsync(Patient);
        var installation = new Uri(page.Url).AbsolutePath;

        await opened.GoAsync($"/o/{acme.Slug}/tasks/{task}/plugins");
        await Expect(page.GetByText("No plugin works for this task")).ToBeVisibleAsync(Patient);
        await page.GetByLabel("Plugin", new() { Exact = true }).SelectOptionAsync(new SelectOptionValue { Label = "Patterns and word lists (validator)" });
        await page.GetByLabel("Show it every execution").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Attach" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.List, new() { Name = "Plugins of this task" })).ToContainTextAsync("every execution", new() { Timeout = 30_000 });
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.ShouldFitAPhoneAsync();

        using var client = visit.Portal.Client(acme);
        using var response = await client.PostAsJsonAsync("tasks/execute", new { taskId = task, input = new { text = "buy now" } });
        var execution = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        await VerdictAsync(client, execution);

        await opened.GoAsync($"/o/{acme.Slug}/executions/{execution}");
        var said = page.GetByRole(AriaRole.List, new() { Name = "What plugins said" });
        await Expect(said).ToContainTextAsync("fail", new() { Timeout = 30_000 });
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await said.GetByRole(AriaRole.Link, new() { Name = "loopai.regex-dictionary" }).ClickAsync();
        await page.WaitForURLAsync(url => url.Contains(installation + "/verdicts", StringComparison.Ordinal));
        await Expect(page.GetByRole(AriaRole.Cell, new() { Name = "fail", Exact = true })).ToBeVisibleAsync(Patient);
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Plugin", Exact = true }).GetByRole(AriaRole.Link, new() { Name = "Overview" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Spam filter" })).ToBeVisibleAsync(Patient);

        await opened.GoAsync($"/o/{acme.Slug}/plugins/loopai.regex-dictionary/reviews");
        await Expect(page.GetByText("An organization rates a plugin after 20 calls")).ToBeVisibleAsync(Patient);
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        opened.Errors.ShouldBeEmpty();
    }

    private static async Task VerdictAsync(HttpClient client, Guid execution)
    {
        var deadline = DateTime.UtcNow.AddSeconds(60);
        while ((await client.GetFromJsonAsync<JsonElement>($"plugin-installations/verdicts?executionId={execution}")).GetProperty("items").GetArrayLength() == 0)
        {
            DateTime.UtcNow.ShouldBeLessThan(deadline, "no verdict came");
            await Task.Delay(50);
        }
    }
}
