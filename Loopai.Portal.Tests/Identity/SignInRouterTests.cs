using Loopai.Core.Identity.SignIn;

namespace Loopai.Portal.Tests.Identity;

public sealed class SignInRouterTests
{
    [Fact]
    public async Task NextAsync_NoRouteClaimsTheAddress_IsLocal() =>
        (await new SignInRouter([new DomainRoute("acme.example")]).NextAsync("ann@globex.example", "/", default)).ShouldBeOfType<SignInStep.Local>();

    [Fact]
    public async Task NextAsync_RouteClaimsTheAddress_LeadsThereAndBack() =>
        (await new SignInRouter([new DomainRoute("globex.example"), new DomainRoute("acme.example")]).NextAsync("ann@acme.example", "/o/acme", default))
        .ShouldBe(new SignInStep.Redirect("/sso/acme.example?returnUrl=/o/acme"));

    private sealed class DomainRoute(string domain) : ISignInRoute
    {
        public Task<SignInStep?> FindAsync(string email, string returnUrl, CancellationToken ct) =>
            Task.FromResult<SignInStep?>(email.EndsWith("@" + domain, StringComparison.Ordinal) ? new SignInStep.Redirect($"/sso/{domain}?returnUrl={returnUrl}") : null);
    }
}
