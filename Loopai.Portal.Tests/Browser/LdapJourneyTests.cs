using Loopai.Core.Identity.SignOn;
using Loopai.Portal.Tests.Api;
using Loopai.Portal.Tests.Identity.Ldap;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loopai.Portal.Tests.Browser;

public sealed class LdapJourneyTests(PortalVisit visit, LdapFlowTests.Slapd slapd) : IClassFixture<PortalVisit>, IClassFixture<LdapFlowTests.Slapd>
{
    [SlapdFact]
    public async Task Directory_ConnectedAndTested_ShowsWhatItFound()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        var settings = slapd.Server!.Settings();
        await using (var db = await visit.Portal.Database.Data.OpenAsync(acme.Owner, default))
        {
            var now = DateTimeOffset.UtcNow;
            db.VerifiedDomains.Add(new VerifiedDomain { Id = Guid.CreateVersion7(), OrganizationId = acme.Id, Domain = slapd.Server.Domain, Token = "t", CreatedAt = now, VerifiedAt = now });
            await db.SaveChangesAsync();
        }

        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}/sign-on");
        var page = opened.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "Connect a provider" }).First.ClickAsync();
        await page.GetByLabel("Provider", new() { Exact = true }).SelectOptionAsync(nameof(SignOnKind.Ldap));
        await Expect(page.GetByText("Stands on the sign-in page.")).ToBeVisibleAsync();
        await page.GetByLabel("Name").FillAsync("Acme directory");
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await page.GetByRole(AriaRole.Button, new() { Name = "Connect", Exact = true }).ClickAsync();
        await page.GetByLabel("Servers").FillAsync(settings.Servers[0]);
        await page.GetByLabel("Certificate authority").FillAsync(settings.CaCertificates!);
        await page.GetByLabel("Bind account").FillAsync(settings.BindDn!);
        await page.GetByLabel("Its password").FillAsync(SlapdServer.ReaderPassword);
        await page.GetByLabel("People below").FillAsync(settings.UserBase);
        await page.GetByLabel("Groups below").FillAsync(settings.GroupBase!);
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).First.ClickAsync();
        await Expect(page.GetByText("Provider saved").Last).ToBeVisibleAsync();
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.KeepScreenshotAsync("ldap-connection-1440");

        await page.GetByRole(AriaRole.Button, new() { Name = "Test" }).ClickAsync();
        await page.GetByLabel("Name or e-mail").FillAsync("ann");
        await page.GetByLabel("Password").FillAsync(SlapdServer.Password);
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.KeepScreenshotAsync("ldap-password-1440");
        await page.GetByRole(AriaRole.Button, new() { Name = "Run the test" }).ClickAsync();

        await Expect(page.GetByText("5 checks, 0 failed")).ToBeVisibleAsync();
        await Expect(page.GetByText("uid=ann,ou=people,dc=acme,dc=example").First).ToBeVisibleAsync();
        await page.SetViewportSizeAsync(390, 844);
        await opened.KeepScreenshotAsync("ldap-tested-390");
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth")).ShouldBeTrue();
        opened.Errors.ShouldBeEmpty();
    }
}
