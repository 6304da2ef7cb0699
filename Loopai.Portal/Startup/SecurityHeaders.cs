using Loopai.Core.Configuration;
using Loopai.Portal.Shell;

namespace Loopai.Portal.Startup;

/// <summary>What browsers are told not to do with the portal's pages.</summary>
public static class SecurityHeaders
{
    /// <summary>Styles in attributes are how charts and tables size themselves, so they are let in; scripts come from the portal's own files only.</summary>
    private const string Policy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; " +
        "object-src 'none'; base-uri 'self'; frame-ancestors 'none'";

    private static readonly TimeSpan HstsAge = TimeSpan.FromDays(365);

    public static void UseSecurityHeaders(this WebApplication app, PortalSettings portal)
    {
        var isHttps = portal.LinkBase().StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        app.Use((http, next) =>
        {
            var headers = http.Response.Headers;
            headers.ContentSecurityPolicy = LeadsToProviders(http.Request.Path) ? Policy : Policy + "; form-action 'self'";
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers.XFrameOptions = "DENY";
            if (isHttps || http.Request.IsHttps)
            {
                headers.StrictTransportSecurity = $"max-age={(long)HstsAge.TotalSeconds}";
            }

            return next(http);
        });
    }

    /// <summary>A form of signing in ends at the identity provider, by a redirect or by posting to it, and Chromium holds form-action against both.</summary>
    private static bool LeadsToProviders(PathString path) => path.StartsWithSegments(PortalUrls.SignIn);
}
