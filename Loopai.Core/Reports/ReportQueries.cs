using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Reports;

internal static class ReportQueries
{
    /// <summary>What decides which figures somebody is shown.</summary>
    public static readonly IReadOnlyList<string> ReadPermissions = [.. Permissions.All.Where(p => p.EndsWith(":read", StringComparison.Ordinal))];

    /// <summary>The fingerprint of all that decides which figures the caller is shown.</summary>
    public static string Audience(this Caller caller) => caller.Fingerprint(ReadPermissions);

    /// <summary>The environment's reports that the caller sees: shared ones and their own. Loopai's own code sees all.</summary>
    public static IQueryable<Report> VisibleReports(this LoopaiDbContext db, Caller caller) => caller.Kind == CallerKind.System
        ? db.Reports.Where(r => r.EnvironmentId == caller.EnvironmentId && r.DeletedAt == null)
        : db.Reports.Where(r => r.EnvironmentId == caller.EnvironmentId && r.DeletedAt == null && (r.IsShared || (r.OwnerId != null && r.OwnerId == caller.PersonId)));

    public static async Task<Report> FindReportAsync(this LoopaiDbContext db, Caller caller, Guid id, bool tracked, CancellationToken ct)
    {
        var visible = db.VisibleReports(caller);
        return await (tracked ? visible : visible.AsNoTracking()).FirstOrDefaultAsync(r => r.Id == id, ct) ?? throw ReportErrors.NotFound(id);
    }

    public static async Task<ReportDefinition> DefinitionAsync(this LoopaiDbContext db, Guid reportId, int version, CancellationToken ct) =>
        ReportJson.Read<ReportDefinition>(
            await db.ReportVersions.Where(v => v.ReportId == reportId && v.Version == version).Select(v => v.Definition).FirstOrDefaultAsync(ct)
            ?? throw ReportErrors.VersionNotFound(version));
}
