using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;

namespace Loopai.Core.Reports.Running;

/// <summary>How runs ended, told in the transaction in which they do: what the audit log says of it, whoever else is to know can be told here.</summary>
internal static class ReportEvents
{
    /// <summary>The files are there, and mails are owed.</summary>
    public static void ReportDelivered(this LoopaiDbContext db, ReportRun run, string report, int mails) => db.Record(
        Caller.System(run.OrganizationId), "report.completed", "report", run.ReportId, new { name = report, run = run.Id, run.DueAt, run.Formats, mails });

    /// <summary>It failed for good and waits for a person.</summary>
    public static void ReportFailed(this LoopaiDbContext db, ReportRun run, string report) => db.Record(
        Caller.System(run.OrganizationId), "report.failed", "report", run.ReportId, AuditResult.Failed, run.Error, new { name = report, run = run.Id, run.DueAt, run.Attempts });
}
