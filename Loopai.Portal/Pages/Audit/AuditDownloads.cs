using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Portal.Api;
using Loopai.Portal.Shell;

namespace Loopai.Portal.Pages.Audit;

/// <summary>The events that the page shows, as a file: the same address with <c>.csv</c> or <c>.jsonl</c>.</summary>
public static class AuditDownloads
{
    public static void MapAuditDownloads(this WebApplication app)
    {
        foreach (var format in Enum.GetValues<AuditFormat>())
        {
            app.MapGet(
                $"/o/{{org}}/audit.{QueryWords.Of(format)}",
                (string org, HttpContext http, OrganizationEntry entry, AuditQueries audit, TimeProvider time, CancellationToken ct) =>
                    HandleAsync(org, format, http, entry, audit, time, ct)).RequireAuthorization().ExcludeFromDescription();
        }
    }

    private static async Task<IResult> HandleAsync(
        string org, AuditFormat format, HttpContext http, OrganizationEntry entry, AuditQueries audit, TimeProvider time, CancellationToken ct)
    {
        var caller = await entry.CallerAsync(http, org, null, ct);
        if (caller is null || !caller.May(Permissions.AuditRead))
        {
            return Results.NotFound();
        }

        var now = time.GetUtcNow();
        return await AuditFiles.ExportAsync(caller, audit, AuditUrlQuery.Parse(http.Request.QueryString.Value ?? "").ToFilter(now), format, $"audit-{org}", now, ct);
    }
}
