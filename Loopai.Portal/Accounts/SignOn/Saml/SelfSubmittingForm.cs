using System.Text.Encodings.Web;

namespace Loopai.Portal.Accounts.SignOn.Saml;

/// <summary>A page that posts its fields at once: how a message goes to a provider by the POST binding, and how an answer comes round once more.</summary>
internal static class SelfSubmittingForm
{
    /// <summary>No form-action: the provider may lead on to anywhere of its own, and browsers hold that against the form.</summary>
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'none'";

    public static IResult To(HttpContext http, string url, IReadOnlyDictionary<string, string> fields)
    {
        http.Response.Headers.ContentSecurityPolicy = Policy;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        var inputs = string.Concat(fields.Select(f => $"<input type=\"hidden\" name=\"{Encode(f.Key)}\" value=\"{Encode(f.Value)}\">"));
        return Results.Content(
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
              <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
              <title>One moment · Loopai</title>
              <link rel="stylesheet" href="/css/tokens.css"><link rel="stylesheet" href="/css/base.css"><link rel="stylesheet" href="/css/controls.css">
              <link rel="stylesheet" href="/css/surfaces.css"><link rel="stylesheet" href="/css/shell.css">
            </head>
            <body>
              <main class="auth"><div class="auth-box"><form class="auth-card" method="post" action="{Encode(url)}">
                <h1>One moment</h1><p>Signing in continues by itself. If it does not, press the button.</p>{inputs}
                <button class="button primary" type="submit">Continue</button>
              </form></div></main>
              <script src="/js/submit.js"></script>
            </body>
            </html>
            """,
            "text/html; charset=utf-8");
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
