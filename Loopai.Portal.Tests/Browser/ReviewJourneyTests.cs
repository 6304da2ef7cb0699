using System.Net.Http.Json;
using Loopai.Core.Validation;
using Loopai.Portal.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loopai.Portal.Tests.Browser;

public sealed class ReviewJourneyTests(PortalVisit visit) : IClassFixture<PortalVisit>
{
    [Fact]
    public async Task Review_ByKeyboard_JudgesUndoesAndReachesTheEnd()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        await WaitForReviewAsync(acme, "buy pills", "minutes of the meeting", "cheap pills");
        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}/review");
        var page = opened.Page;
        await Expect(page.GetByText("buy pills")).ToBeVisibleAsync();
        await opened.KeepScreenshotAsync("review");
        (await opened.ViolationsAsync()).ShouldBeEmpty();

        await page.Keyboard.PressAsync("y");
        await Expect(page.GetByText("minutes of the meeting")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("u");
        await Expect(page.GetByText("buy pills")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("j");
        await Expect(page.GetByText("minutes of the meeting")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("k");
        await Expect(page.GetByText("buy pills")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("y");
        await Expect(page.GetByText("minutes of the meeting")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("n");
        await Expect(page.GetByText("cheap pills")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("y");
        await Expect(page.GetByText("You judged 3 answers")).ToBeVisibleAsync();

        // The page moves on before the verdict is saved.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await Validations.CountInReviewAsync(acme.Owner, null, null, patience.Token) > 0)
        {
            await Task.Delay(50, patience.Token);
        }

        var verdicts = await Validations.ListAsync(acme.Owner, new ValidationFilter(), new(), CancellationToken.None);
        verdicts.Items.Select(v => v.Status).Order().ShouldBe([ValidationStatus.Matched, ValidationStatus.Matched, ValidationStatus.Mismatched]);
        verdicts.Items.Single(v => v.Status == ValidationStatus.Mismatched).Expected.ShouldBe("\"spam\"");
        opened.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Review_SomebodyWasQuicker_SaysSoAndMovesOn()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        await WaitForReviewAsync(acme, "buy pills", "minutes of the meeting");
        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}/review", width: 390, height: 844);
        var page = opened.Page;
        await Expect(page.GetByText("buy pills")).ToBeVisibleAsync();
        var first = await Validations.ListInReviewAsync(acme.Owner, null, null, new(), CancellationToken.None);
        await Validations.DecideAsync(acme.Owner, first.Items[0].Validation.Id, new Verdict(Match: false), CancellationToken.None);

        await page.GetByRole(AriaRole.Button, new() { Name = "Right" }).ClickAsync();

        await Expect(page.GetByText("Somebody was quicker")).ToBeVisibleAsync();
        await Expect(page.GetByText("minutes of the meeting")).ToBeVisibleAsync();
        (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth")).ShouldBeTrue();
        await opened.KeepScreenshotAsync("review-390");
    }

    private ValidationService Validations => visit.Portal.Services.GetRequiredService<ValidationService>();

    private async Task WaitForReviewAsync(PortalOrganization organization, params string[] texts)
    {
        var task = await visit.Portal.CreateSpamFilterAsync(organization);
        using var client = visit.Portal.Client(organization);
        foreach (var text in texts)
        {
            (await client.PostAsJsonAsync("tasks/execute", new { taskId = task, input = new { text }, forceValidation = true })).EnsureSuccessStatusCode();
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await Validations.CountInReviewAsync(organization.Owner, task, null, patience.Token) < texts.Length)
        {
            await Task.Delay(50, patience.Token);
        }
    }
}
