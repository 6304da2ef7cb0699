using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Programs;
using Loopai.Portal.Shell;

namespace Loopai.Portal.Pages.Tasks.Versions;

/// <summary>Serves a version as a ZIP to the signed-in browser: a circuit cannot hand out files.</summary>
public static class VersionDownloads
{
    public static void MapVersionDownloads(this WebApplication app) =>
        app.MapGet("/o/{org}/tasks/{id:guid}/versions/{version:int}/download", DownloadAsync).RequireAuthorization().ExcludeFromDescription();

    private static async Task<IResult> DownloadAsync(
        string org, Guid id, int version, HttpContext http, OrganizationEntry entry, ProgramService programs, CancellationToken ct)
    {
        // The same resolution as the pages': an organization that the viewer is no member of looks like one that does not exist.
        if (await entry.CallerAsync(http, org, null, ct) is not { } caller)
        {
            return Results.NotFound();
        }

        try
        {
            var download = await programs.DownloadAsync(caller, id, version, ct);
            return Results.File(download.Zip, "application/zip", download.FileName);
        }
        catch (LoopaiException e) when (e is NotFoundException or ForbiddenException)
        {
            return Results.NotFound();
        }
    }
}
