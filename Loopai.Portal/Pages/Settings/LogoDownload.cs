using Loopai.Core.Organizations;
using Loopai.Portal.Shell;

namespace Loopai.Portal.Pages.Settings;

/// <summary>The organization's picture, as the shell shows it.</summary>
public static class LogoDownload
{
    public static void MapLogo(this WebApplication app) => app.MapGet("/o/{org}/logo", HandleAsync).RequireAuthorization().ExcludeFromDescription();

    private static async Task<IResult> HandleAsync(string org, HttpContext http, OrganizationEntry entry, SettingsService settings, CancellationToken ct)
    {
        if (await entry.CallerAsync(http, org, null, ct) is not { } caller || await settings.FindLogoAsync(caller, ct) is not { } logo)
        {
            return Results.NotFound();
        }

        // Its address changes with it, so a browser may keep it.
        http.Response.Headers.CacheControl = "private, max-age=604800, immutable";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return Results.File(logo.Data, logo.ContentType);
    }
}
