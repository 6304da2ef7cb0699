using System.Net;
using System.Text.RegularExpressions;

namespace Loopai.Portal.Tests.Identity.SignOn.Oidc;

/// <summary>Cookies, and redirects that are followed one by one, so that a test can stop between two of them.</summary>
internal sealed partial class WalkingBrowser(Uri portal) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });

    public async Task<HttpResponseMessage> GetAsync(string address) => await _client.GetAsync(new Uri(portal, address));

    /// <summary>Follows redirects until there are no more, or the next address is one that <paramref name="until"/> names.</summary>
    public async Task<Walk> WalkAsync(string address, Func<Uri, bool>? until = null)
    {
        var place = new Uri(portal, address);
        for (var steps = 0; steps < 15; steps++)
        {
            if (until?.Invoke(place) == true)
            {
                return new Walk(place, null, "");
            }

            var answer = await _client.GetAsync(place);
            if (answer.Headers.Location is not { } next)
            {
                return new Walk(place, answer.StatusCode, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()));
            }

            place = new Uri(place, next);
        }

        throw new InvalidOperationException($"The redirects lead nowhere: {place}");
    }

    /// <summary>Signs in by password, past any provider; where that leads.</summary>
    public async Task<Walk> SignInAsync(string email, string password)
    {
        using var answer = await FillSignInAsync("sign-in?local=true", email, password);
        return await WalkAsync(answer.Headers.Location?.ToString() ?? "sign-in");
    }

    /// <summary>Posts the form of the sign-in page.</summary>
    public async Task<HttpResponseMessage> FillSignInAsync(string page, string email, string password = "") => await PostFormAsync(
        page, ("_handler", "sign-in"), ("__RequestVerificationToken", await TokenAsync(page)), ("Input.Email", email), ("Input.Password", password));

    /// <summary>Signs out by the button of the page that the browser is on.</summary>
    public async Task<Walk> SignOutAsync(string page)
    {
        using var answer = await PostFormAsync("sign-out", ("__RequestVerificationToken", await TokenAsync(page)));
        return await WalkAsync(answer.Headers.Location!.ToString());
    }

    /// <summary>The address of the first link on a page that has these words.</summary>
    public static string LinkOf(string page, string words) => Links().Matches(page).First(link => link.Groups[2].Value.Contains(words, StringComparison.Ordinal)).Groups[1].Value;

    private async Task<string> TokenAsync(string page) => Token().Match((await WalkAsync(page)).Text).Groups[1].Value;

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"", RegexOptions.NonBacktracking)]
    private static partial Regex Token();

    [GeneratedRegex("<a [^>]*href=\"([^\"]+)\"[^>]*>(.*?)</a>", RegexOptions.Singleline, 1000)]
    private static partial Regex Links();

    public async Task<HttpResponseMessage> PostFormAsync(string address, params (string Name, string Value)[] fields) =>
        await _client.PostAsync(new Uri(portal, address), new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))));

    public void Dispose() => _client.Dispose();
}

/// <param name="Place">Where it ended.</param>
/// <param name="Status">What was answered there; null when it was not asked.</param>
/// <param name="Text">The page.</param>
internal sealed record Walk(Uri Place, HttpStatusCode? Status, string Text);
