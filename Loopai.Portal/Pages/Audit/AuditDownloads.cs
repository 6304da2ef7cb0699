using System.Security.Claims;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Portal.Api;

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
                (string org, HttpContext http, AccessService access, AuditQueries audit, TimeProvider time, CancellationToken ct) =>
                    HandleAsync(org, format, http, access, audit, time, ct)).RequireAuthorization().ExcludeFromDescription();
        }
    }

    private static async Task<IResult> HandleAsync(
        string org, AuditFormat format, HttpContext http, AccessService access, AuditQueries audit, TimeProvider time, CancellationToken ct)
    {
        var caller = Guid.TryParse(http.User.FindFirstValue(ClaimTypes.NameIdentifier), out var userId)
            ? (await access.CallerAsync(userId, http.User.Identity?.Name ?? "", org, null, ct))?.From(ApiPipeline.OriginOf(http))
            : null;
        if (caller is null || !caller.May(Permissions.AuditRead))
        {
            return Results.NotFound();
        }

        var now = time.GetUtcNow();
        return await AuditFiles.ExportAsync(caller, audit, AuditUrlQuery.Parse(http.Request.QueryString.Value ?? "").ToFilter(now), format, $"audit-{org}", now, ct);
    }
}
