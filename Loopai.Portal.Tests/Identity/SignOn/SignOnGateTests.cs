using System.Net;
using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Identity;
using Loopai.Core.Identity.SignOn;
using Loopai.Core.Organizations;
using Loopai.Portal.Tests.Api;
using Loopai.Portal.Tests.Data;
using Loopai.Portal.Tests.Identity.SignOn.Oidc;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Identity.SignOn;

/// <summary>An organization that demands its provider, and people who come with a password.</summary>
[Collection(PortalCollection.Name)]
public sealed class SignOnGateTests(PortalFixture portal)
{
    private Task RequireAsync(PortalOrganization organization) => portal.Services.GetRequiredService<SettingsService>()
        .UpdateAsync(organization.Owner, new OrganizationSettings { RequireSso = true }, null, default);

    private ConnectionService Connections => portal.Services.GetRequiredService<ConnectionService>();

    [Fact]
    public async Task Require_BeforeAnybodyCouldComeIn_IsRefused()
    {
        var organization = await portal.AddOrganizationAsync("gate");
        (await Should.ThrowAsync<InvalidException>(RequireAsync(organization))).Errors.Keys.ShouldBe(["requireSso"]);

        await AddConnectionAsync(organization, tested: false);
        (await Should.ThrowAsync<InvalidException>(RequireAsync(organization))).Errors.Keys.ShouldBe(["requireSso"]);

        await AddConnectionAsync(organization, tested: true);
        await RequireAsync(organization);
        (await portal.Services.GetRequiredService<SettingsService>().GetAsync(organization.Owner, default)).RequireSso.ShouldBeTrue();
    }

    [Fact]
    public async Task LastProvider_WhileRequired_IsNeitherSwitchedOffNorDeleted()
    {
        var organization = await portal.AddOrganizationAsync("gate");
        var only = await AddConnectionAsync(organization, tested: true);
        await RequireAsync(organization);

        (await Should.ThrowAsync<ConflictException>(Connections.UpdateAsync(organization.Owner, only, new ConnectionDraft(Enabled: false), null, default))).Code.ShouldBe("sign_on.last_way_in");
        (await Should.ThrowAsync<ConflictException>(Connections.DeleteAsync(organization.Owner, only, default))).Code.ShouldBe("sign_on.last_way_in");

        await AddConnectionAsync(organization, tested: false);
        await Connections.DeleteAsync(organization.Owner, only, default);
    }

    [Fact]
    public async Task Page_MemberWithAPassword_IsLedToTheProvider()
    {
        var organization = await portal.AddOrganizationAsync("gate");
        await AddConnectionAsync(organization, tested: true);
        var member = await AddMemberAsync(organization);
        using var browser = new WalkingBrowser(portal.Address);
        await browser.SignInAsync(member, PortalFixture.Password);
        (await browser.WalkAsync($"o/{organization.Slug}/tasks")).Text.ShouldContain("New task");

        await RequireAsync(organization);

        var page = await browser.WalkAsync($"o/{organization.Slug}/tasks");
        page.Text.ShouldContain("Continue with Corp");
        page.Text.ShouldNotContain("New task");
        using var export = await browser.GetAsync($"o/{organization.Slug}/executions.csv");
        export.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Page_OwnerWithAPassword_BreaksTheGlassLoudlyOnceASession()
    {
        var organization = await portal.AddOrganizationAsync("gate");
        await AddConnectionAsync(organization, tested: true);
        await RequireAsync(organization);
        using var browser = new WalkingBrowser(portal.Address);
        await browser.SignInAsync(organization.OwnerEmail, PortalFixture.Password);

        (await browser.WalkAsync($"o/{organization.Slug}/tasks")).Text.ShouldContain("You came in without");
        (await browser.WalkAsync($"o/{organization.Slug}/api-keys")).Text.ShouldContain("You came in without");

        (await ActionsAsync(organization)).Count(action => action == "sign_in.break_glass").ShouldBe(1);
    }

    [Fact]
    public async Task SignInPage_AddressOfAProvedDomain_GoesToTheProviderUnlessItShallStay()
    {
        var organization = await portal.AddOrganizationAsync("gate");
        var connection = await AddConnectionAsync(organization, tested: true);
        var domain = $"d{Guid.NewGuid():n}.example";
        await portal.Database.DomainAsync(Test(organization), domain);
        using var browser = new WalkingBrowser(portal.Address);

        using var led = await browser.FillSignInAsync("sign-in", $"anybody@{domain}");
        using var stayed = await browser.FillSignInAsync("sign-in?local=true", $"anybody@{domain}");

        led.Headers.Location!.ToString().ShouldContain($"/sign-in/oidc/{connection}/start");
        (await stayed.Content.ReadAsStringAsync()).ShouldContain("Input.Password");
    }

    private static TestOrganization Test(PortalOrganization organization) => new(organization.Id, organization.Owner.EnvironmentId);

    private async Task<Guid> AddConnectionAsync(PortalOrganization organization, bool tested)
    {
        var connection = await Connections.CreateAsync(
            organization.Owner, SignOnKind.Oidc,
            new ConnectionDraft(
                "Corp", System.Text.Json.JsonSerializer.SerializeToElement(new { preset = "okta", issuer = "corp.okta.com", clientId = "loopai" }), Enabled: true),
            default);
        if (tested)
        {
            await using var db = await portal.Database.Data.OpenAsync(organization.Owner, default);
            await db.SignOnConnections.Where(c => c.Id == connection.Id).ExecuteUpdateAsync(set => set.SetProperty(c => c.TestPassed, true));
        }

        return connection.Id;
    }

    /// <summary>A developer with a password; their address.</summary>
    private async Task<string> AddMemberAsync(PortalOrganization organization)
    {
        await using var scope = portal.Services.CreateAsyncScope();
        var email = $"m{Guid.NewGuid():n}@gate.example";
        var user = new User { Id = Guid.CreateVersion7(), UserName = email, Email = email, DisplayName = "Member", CreatedAt = DateTimeOffset.UtcNow };
        (await scope.ServiceProvider.GetRequiredService<UserManager<User>>().CreateAsync(user, PortalFixture.Password)).Succeeded.ShouldBeTrue();
        var system = Caller.System(organization.Id);
        await portal.Services.GetRequiredService<MemberService>().ProvisionAsync(system, user.Id, default);
        await portal.Services.GetRequiredService<GrantService>().SetAsync(system, Holder.User(user.Id), [new WantedGrant("developer")], AccessSource.Sso, default);
        return email;
    }

    private async Task<List<string>> ActionsAsync(PortalOrganization organization)
    {
        await using var db = await portal.Database.Data.OpenAsync(organization.Owner, default);
        return await db.AuditEvents.Select(e => e.Action).ToListAsync();
    }
}
