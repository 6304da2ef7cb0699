using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Plugins.Marketplace;
using Loopai.Core.Plugins.Publishing;
using Loopai.Portal.Api;
using Loopai.Portal.Shell;

namespace Loopai.Portal.Pages.Plugins;

/// <summary>Packages of versions, and the template that authors begin with, for the signed-in browser: a circuit cannot hand out files.</summary>
public static class PluginDownloads
{
    public static void MapPluginDownloads(this WebApplication app)
    {
        app.MapGet("/o/{org}/plugins/{key}/package/{version}", PackageAsync).RequireAuthorization().ExcludeFromDescription();
        app.MapGet("/o/{org}/plugins/publishing/template/{language}", TemplateAsync).RequireAuthorization().ExcludeFromDescription();
    }

    private static Task<IResult> PackageAsync(string org, string key, string version, HttpContext http, OrganizationEntry entry, MarketplaceService marketplace, CancellationToken ct) =>
        ServeAsync(org, http, entry, caller => marketplace.PackageAsync(caller, key, version, ct), ct);

    private static Task<IResult> TemplateAsync(string org, string language, string? publisher, HttpContext http, OrganizationEntry entry, CancellationToken ct) =>
        ServeAsync(org, http, entry, caller => Task.FromResult(PluginTemplate.Of(caller, language, publisher)), ct);

    private static async Task<IResult> ServeAsync(string org, HttpContext http, OrganizationEntry entry, Func<Caller, Task<PluginDownload>> find, CancellationToken ct)
    {
        try
        {
            if (await entry.CallerAsync(http, org, null, ct) is not { } caller)
            {
                return Results.NotFound();
            }

            var download = await find(caller);
            PackageHeaders.Set(http.Response, download);
            return Results.File(download.Bytes.ToArray(), "application/zip", download.FileName);
        }
        catch (LoopaiException e) when (e is NotFoundException or ForbiddenException or InvalidException)
        {
            return Results.NotFound();
        }
    }
}
