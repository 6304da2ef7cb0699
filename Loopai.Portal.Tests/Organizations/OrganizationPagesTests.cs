using Loopai.Core.Identity;
using Loopai.Core.Identity.Sessions;
using Loopai.Core.Organizations;
using Loopai.Portal.Accounts;
using Loopai.Portal.Tests.Access;
using Loopai.Portal.Tests.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Organizations;

[Collection(PortalCollection.Name)]
public sealed class OrganizationPagesTests(PortalFixture portal)
{
    [Fact]
    public async Task OwnSession_ThroughAnOrganizationsProvider_SpeaksForThatOneAlone()
    {
        var (first, second) = (await portal.AddOrganizationAsync("first"), await portal.AddOrganizationAsync("second"));
        var user = await GivenOrganization.UserAsync(portal.Database.Data);
        await portal.ProvisionAsync(first, user);
        await portal.ProvisionAsync(second, user);

        (await OrganizationsAsync(user, SignInMethod.Password, null)).ShouldBe([true, true]);
        (await OrganizationsAsync(user, SignInMethod.Sso, first.Id)).ShouldBe([true, false]);

        async Task<bool[]> OrganizationsAsync(Guid id, SignInMethod method, Guid? organization)
        {
            await using var scope = portal.Services.CreateAsyncScope();
            var person = (await scope.ServiceProvider.GetRequiredService<UserManager<User>>().FindByIdAsync($"{id}"))!;
            var http = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
            await scope.ServiceProvider.GetRequiredService<SessionCookie>().StartAsync(
                http, person, method, secondFactor: false, sso: organization is { } only ? new SsoSession(only, Guid.CreateVersion7(), "ann", null) : null);
            using var client = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = portal.Address };
            client.DefaultRequestHeaders.Add("Cookie", http.Response.Headers.SetCookie.Select(cookie => cookie!.Split(';')[0]));
            var page = await client.GetStringAsync("organizations");
            return [page.Contains(first.Slug, StringComparison.Ordinal), page.Contains(second.Slug, StringComparison.Ordinal)];
        }
    }
}
