using Loopai.Core.Errors;
using Loopai.Core.Plugins.Marketplace;
using Loopai.Portal.Api;
using Loopai.Portal.Shell;

namespace Loopai.Portal.Pages.Plugins;

/// <summary>Icons, screenshots and pictures of READMEs, for the marketplace's pages.</summary>
public static class PluginPictureDownload
{
    public static void MapPluginPictures(this WebApplication app) =>
        app.MapGet("/o/{org}/plugins/{key}/picture/{version}", HandleAsync).RequireAuthorization().ExcludeFromDescription();

    private static async Task<IResult> HandleAsync(
        string org, string key, string version, string? path, HttpContext http, OrganizationEntry entry, MarketplaceService marketplace, CancellationToken ct)
    {
        try
        {
            if (await entry.CallerAsync(http, org, null, ct) is not { } caller)
            {
                return Results.NotFound();
            }

            var picture = await marketplace.PictureAsync(caller, key, version, path, ct);
            PictureHeaders.Set(http.Response);
            return Results.File(picture.Bytes.ToArray(), picture.ContentType);
        }
        catch (LoopaiException e) when (e is NotFoundException or ForbiddenException)
        {
            return Results.NotFound();
        }
    }
}
