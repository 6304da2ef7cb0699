using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Organizations;
using Loopai.Portal.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loopai.Portal.Tests.Browser;

/// <summary>How people come into an organization, get their rights, lose them, and how an organization goes and comes back.</summary>
public sealed class AccessJourneyTests(PortalVisit visit) : IClassFixture<PortalVisit>
{
    [Fact]
    public async Task Invitation_OfANewPerson_LeadsIn_AndRightsFollowWhileTheirPageIsOpen()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        await using var owner = await visit.SignInAsync(acme, $"/o/{acme.Slug}/members");
        var email = $"{Guid.NewGuid():n}@acme.example";

        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Invite people" }).ClickAsync();
        await GiveAsync(owner.Page.GetByLabel("E-mail", new() { Exact = true }), email);
        (await owner.ViolationsAsync()).ShouldBeEmpty();
        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Invite", Exact = true }).ClickAsync();
        var link = await owner.Page.Locator("#invitation-link").InnerTextAsync();
        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "I have copied it" }).ClickAsync();
        await Expect(owner.Page.GetByText("open", new() { Exact = true })).ToBeVisibleAsync();
        await owner.KeepScreenshotAsync("invitations");

        await using var guest = await visit.OpenAsync(new Uri(link).PathAndQuery);
        await guest.Page.GetByLabel("Your name").FillAsync("Grace Hopper");
        await guest.Page.GetByLabel("Password").FillAsync("an anchor in deep water");
        (await guest.ViolationsAsync()).ShouldBeEmpty();
        await guest.Page.GetByRole(AriaRole.Button, new() { Name = "Create account and go in" }).ClickAsync();
        await guest.Page.WaitForURLAsync($"**/o/{acme.Slug}");
        await guest.GoAsync($"/o/{acme.Slug}/tasks");
        await Expect(guest.Page.GetByRole(AriaRole.Link, new() { Name = "New task" })).ToHaveCountAsync(0);

        // As a developer they may make tasks, at once and without loading the page again; without a role the page is gone.
        var grace = (await Directory.ListAsync(acme.Owner, new MemberFilter(email), new PageRequest(), CancellationToken.None)).Items.Single();
        await Grants.SetAsync(acme.Owner, Holder.User(grace.UserId), [new("developer")], AccessSource.Manual, CancellationToken.None);
        await Expect(guest.Page.GetByRole(AriaRole.Link, new() { Name = "New task" }).First).ToBeVisibleAsync();
        await Grants.SetAsync(acme.Owner, Holder.User(grace.UserId), [], AccessSource.Manual, CancellationToken.None);
        await Expect(guest.Page.GetByText("Your role does not open this page")).ToBeVisibleAsync();

        await guest.Page.GotoAsync(new Uri(link).PathAndQuery);
        await Expect(guest.Page.GetByText("This invitation is not valid")).ToBeVisibleAsync();
        owner.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Role_MadeInTheMatrix_ShowsWhoFeelsIt_AndIsExplained()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}/roles");
        var page = opened.Page;
        (await opened.ViolationsAsync()).ShouldBeEmpty();

        await page.GetByRole(AriaRole.Button, new() { Name = "New role" }).ClickAsync();
        await GiveAsync(page.GetByLabel("Name", new() { Exact = true }), "Prompt engineer");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make role" }).ClickAsync();
        await page.GetByLabel("Prompt engineer may programs:write").CheckAsync();
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.KeepScreenshotAsync("roles-editing");
        await page.GetByRole(AriaRole.Button, new() { Name = "Review and save" }).ClickAsync();
        await Expect(page.GetByText("Nobody gains or loses anything")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save role" }).ClickAsync();
        await Expect(page.GetByText("Prompt engineer is saved")).ToBeVisibleAsync();

        var role = (await Roles.ListAsync(acme.Owner, CancellationToken.None)).Single(r => r.Role.Name == "Prompt engineer").Role;
        role.Permissions.ShouldContain(Permissions.ProgramsWrite);
        var user = await Access.GivenOrganization.UserAsync(visit.Portal.Database.Data);
        await visit.Portal.ProvisionAsync(acme, user);
        await Grants.CreateAsync(acme.Owner, Holder.User(user), new WantedGrant(role.Id), CancellationToken.None);

        await opened.GoAsync($"/o/{acme.Slug}/roles");
        await page.GetByRole(AriaRole.Button, new() { Name = "Actions for Prompt engineer" }).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Edit permissions" }).ClickAsync();
        await page.GetByLabel("Prompt engineer may programs:write").UncheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Review and save" }).ClickAsync();
        await Expect(page.GetByText("1 person feels this")).ToBeVisibleAsync();
        await Expect(page.Locator(".effects").GetByText("Write and generate versions")).ToBeVisibleAsync();
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save role" }).ClickAsync();
        await Expect(page.GetByText("Prompt engineer is saved")).ToBeVisibleAsync();

        await opened.GoAsync($"/o/{acme.Slug}/roles/explain?subject={user}&permission=programs:write");
        await Expect(page.GetByText("None of their grants gives it.")).ToBeVisibleAsync();
        await Expect(page.GetByText("The role Prompt engineer does not have this permission.")).ToBeVisibleAsync();
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        opened.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Organization_MadeDeletedAndRestored_Works()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}/settings");
        var page = opened.Page;
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await page.GotoAsync("/organizations/new");
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        var name = $"Labs {Guid.NewGuid():n}"[..20];
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync(name);
        await page.GetByRole(AriaRole.Button, new() { Name = "Create organization" }).ClickAsync();
        await page.WaitForURLAsync("**/o/labs-*");
        var slug = new Uri(page.Url).Segments[2].TrimEnd('/');

        await opened.GoAsync($"/o/{slug}/settings");
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete…", Exact = true }).ClickAsync();
        await page.GetByLabel($"Type {slug} to confirm").FillAsync(slug);
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete organization" }).ClickAsync();
        await page.WaitForURLAsync("**/organizations");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "acme" })).ToBeVisibleAsync();
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await page.GetByRole(AriaRole.Button, new() { Name = $"Restore {name}" }).ClickAsync();
        await page.WaitForURLAsync($"**/o/{slug}");
        opened.Errors.ShouldBeEmpty();
    }

    private GrantService Grants => visit.Portal.Services.GetRequiredService<GrantService>();

    private RoleService Roles => visit.Portal.Services.GetRequiredService<RoleService>();

    private MemberDirectory Directory => visit.Portal.Services.GetRequiredService<MemberDirectory>();

    /// <summary>Writes into a field that tells when it is left.</summary>
    private static async Task GiveAsync(ILocator field, string text)
    {
        await field.FillAsync(text);
        await field.PressAsync("Tab");
    }
}
