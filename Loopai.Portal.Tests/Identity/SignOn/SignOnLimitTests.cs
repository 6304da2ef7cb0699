using System.Net;
using Loopai.Portal.Tests.Api;

namespace Loopai.Portal.Tests.Identity.SignOn;

[Collection(PortalCollection.Name)]
public sealed class SignOnLimitTests(PortalFixture portal)
{
    [Theory]
    [InlineData("oidc")]
    [InlineData("saml")]
    public async Task Start_AThousandTimesFromOneAddress_IsSlowedDown(string protocol)
    {
        var own = await portal.StartPortalAsync();
        try
        {
            using var client = new HttpClient { BaseAddress = PortalFixture.AddressOf(own) };
            var answers = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(_ => client.GetAsync($"sign-in/{protocol}/{Guid.NewGuid()}/start")));

            answers.Count(a => a.StatusCode != HttpStatusCode.TooManyRequests).ShouldBeGreaterThanOrEqualTo(300);
            answers.First(a => a.StatusCode == HttpStatusCode.TooManyRequests).Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        }
        finally
        {
            await PortalFixture.StopAsync(own);
        }
    }
}
