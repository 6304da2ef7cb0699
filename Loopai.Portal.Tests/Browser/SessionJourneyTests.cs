using Loopai.Core.Identity;
using Loopai.Core.Identity.Sessions;
using Loopai.Portal.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using static Microsoft.Playwright.Assertions;

namespace Loopai.Portal.Tests.Browser;

public sealed class SessionJourneyTests(PortalVisit visit) : IClassFixture<PortalVisit>
{
    [Fact]
    public async Task OpenPage_SessionIsEndedElsewhere_LeadsToSigningInAndBack()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}/tasks");
        var sessions = visit.Portal.Services.GetRequiredService<SessionService>();
        var someone = new AccountCaller(acme.Owner.Id!.Value, Guid.Empty, RequestOrigin.None);
        var session = (await sessions.ListAsync(someone, default)).ShouldHaveSingleItem();

        await sessions.EndAsync(someone, session.Id, SessionEnd.ByPerson, default);

        await Expect(opened.Page).ToHaveURLAsync(
            new Uri(visit.Portal.Address, $"/sign-in?returnUrl={Uri.EscapeDataString($"/o/{acme.Slug}/tasks")}").ToString(), new() { Timeout = 3000 });
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.Page.GotoAsync($"/o/{acme.Slug}");
        await Expect(opened.Page.GetByRole(Microsoft.Playwright.AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
    }
}
