using System.Net;
using System.Text.RegularExpressions;

namespace Loopai.Portal.Tests.Identity.Saml;

/// <summary>
/// A browser as far as SAML needs one: keeps cookies, follows redirects, and submits forms that submit themselves. As browsers do, it sends no
/// SameSite=Lax cookie with a form from another site.
/// </summary>
internal sealed partial class SamlBrowser : IDisposable
{
    private readonly CookieContainer _cookies = new();
    private readonly HttpClient _client;
    private readonly HttpClient _withoutCookies = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });

    public SamlBrowser() => _client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = _cookies });

    /// <summary>Goes there, and on until a page stands still or <paramref name="stopAt"/> is about to be asked for.</summary>
    public async Task<Visit> GoAsync(Uri address, Func<Uri, bool>? stopAt = null)
    {
        var visit = new Visit(address, HttpStatusCode.OK, "", new Dictionary<string, string>(StringComparer.Ordinal));
        HttpRequestMessage? request = new(HttpMethod.Get, address);
        for (var step = 0; request is not null && step < 12; step++)
        {
            (visit, request) = await StepAsync(request, visit.Place, stopAt);
        }

        return visit;
    }

    /// <summary>Posts a form from a page of <paramref name="from"/>.</summary>
    public async Task<Visit> PostAsync(Uri from, Uri to, IReadOnlyDictionary<string, string> fields)
    {
        var (visit, next) = await StepAsync(Form(to, fields), from, null);
        while (next is not null)
        {
            (visit, next) = await StepAsync(next, visit.Place, null);
        }

        return visit;
    }

    public bool HasSession(Uri portal) => _cookies.GetCookies(portal).Any(c => c.Name == "loopai");

    public void Dispose()
    {
        _client.Dispose();
        _withoutCookies.Dispose();
    }

    private async Task<(Visit Visit, HttpRequestMessage? Next)> StepAsync(HttpRequestMessage request, Uri from, Func<Uri, bool>? stopAt)
    {
        var place = request.RequestUri!;
        if (stopAt?.Invoke(place) == true)
        {
            var fields = request.Content is null ? "" : await request.Content.ReadAsStringAsync();
            return (new Visit(place, HttpStatusCode.Continue, "", Fields(fields)), null);
        }

        var crossSitePost = request.Method == HttpMethod.Post && from.Authority != place.Authority;
        using var response = await (crossSitePost ? _withoutCookies : _client).SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var visit = new Visit(place, response.StatusCode, text, new Dictionary<string, string>(StringComparer.Ordinal));
        if (crossSitePost && response.Headers.TryGetValues("Set-Cookie", out var cookies))
        {
            foreach (var cookie in cookies)
            {
                _cookies.SetCookies(place, cookie);
            }
        }

        if (response.Headers.Location is { } location)
        {
            return (visit, new HttpRequestMessage(HttpMethod.Get, new Uri(place, location)));
        }

        var form = SelfSubmitting().Match(text);
        return form.Success && text.Contains("submit", StringComparison.Ordinal) && text.Contains("type=\"hidden\" name=\"SAML", StringComparison.Ordinal)
            ? (visit, Form(new Uri(place, WebUtility.HtmlDecode(form.Groups[1].Value)), Inputs().Matches(text).ToDictionary(
                m => m.Groups[1].Value, m => WebUtility.HtmlDecode(m.Groups[2].Value), StringComparer.Ordinal)))
            : (visit, null);
    }

    private static HttpRequestMessage Form(Uri to, IReadOnlyDictionary<string, string> fields) => new(HttpMethod.Post, to) { Content = new FormUrlEncodedContent(fields) };

    private static Dictionary<string, string> Fields(string form) => form.Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2))
        .ToDictionary(pair => WebUtility.UrlDecode(pair[0]), pair => WebUtility.UrlDecode(pair[1]), StringComparer.Ordinal);

    [GeneratedRegex("<form[^>]*action=\"([^\"]*)\"", RegexOptions.None, 1000)]
    private static partial Regex SelfSubmitting();

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\"", RegexOptions.None, 1000)]
    private static partial Regex Inputs();
}

/// <param name="Place">Where the browser is.</param>
/// <param name="Status">What it was answered.</param>
/// <param name="Text">The page.</param>
/// <param name="Fields">What it was about to post, when it was stopped.</param>
internal sealed record Visit(Uri Place, HttpStatusCode Status, string Text, IReadOnlyDictionary<string, string> Fields);
