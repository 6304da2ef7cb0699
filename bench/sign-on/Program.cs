using System.Diagnostics;
using System.Globalization;
using System.Net;
using Loopai.Portal.Tests.Api;
using Loopai.Portal.Tests.Identity.SignOn.Oidc;

// From the provider's redirect to the signed-in page, and how much of it the provider itself took.
const int WarmUp = 30;
const int Count = 300;
var portal = new PortalFixture();
var peer = new OidcPeer();
await portal.InitializeAsync();
await peer.InitializeAsync();
var tenant = await peer.ConnectAsync(portal);
var person = await peer.MemberAsync(portal, tenant);
var (whole, own) = (new List<double>(), new List<double>());
for (var round = 0; round < WarmUp + Count; round++)
{
    using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });
    var place = new Uri(portal.Address, $"{tenant.Start}?hint={person}&returnUrl=/o/{tenant.Organization.Slug}");
    while (!place.AbsolutePath.EndsWith("/callback", StringComparison.Ordinal))
    {
        using var step = await browser.GetAsync(place);
        place = new Uri(place, step.Headers.Location!);
    }

    var before = await peer.BusyAsync();
    var started = Stopwatch.GetTimestamp();
    HttpResponseMessage answer;
    while ((answer = await browser.GetAsync(place)).Headers.Location is { } next)
    {
        place = new Uri(place, next);
        answer.Dispose();
    }

    await answer.Content.ReadAsByteArrayAsync();
    var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    if (answer.StatusCode != HttpStatusCode.OK)
    {
        throw new InvalidOperationException($"Nobody came in: {place} {answer.StatusCode}");
    }

    answer.Dispose();
    if (round >= WarmUp)
    {
        whole.Add(took);
        own.Add(took - (await peer.BusyAsync() - before));
    }
}

Console.WriteLine("| from the provider's redirect to the page | p50 ms | p99 ms |");
Console.WriteLine("| --- | ---: | ---: |");
Print("as the person waits", whole);
Print("without the provider's own time", own);
await peer.DisposeAsync();
await portal.DisposeAsync();

static void Print(string what, List<double> times)
{
    times.Sort();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {times[times.Count / 2]:F1} | {times[(int)(times.Count * 0.99)]:F1} |"));
}
