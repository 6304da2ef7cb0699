using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Webhooks;

namespace Loopai.Core.Reports.Running;

/// <summary>How runs ended, told in the transaction in which they do: to the audit log, and to the organization's webhooks.</summary>
internal static class ReportEvents
{
    /// <summary>The files are there, and mails are owed.</summary>
    /// <param name="db">The transaction.</param>
    /// <param name="run">The run.</param>
    /// <param name="report">Of which report.</param>
    /// <param name="mails">How many mails.</param>
    /// <param name="filesUntil">When its files go.</param>
    public static void ReportDelivered(this LoopaiDbContext db, ReportRun run, Report report, int mails, DateTimeOffset filesUntil)
    {
        db.Record(Caller.System(run.OrganizationId), "report.completed", "report", run.ReportId, new { name = report.Name, run = run.Id, run.DueAt, run.Formats, mails });
        db.Publish(run, report, WebhookTypes.ReportCompleted, filesUntil, error: null);
    }

    /// <summary>It failed for good and waits for a person.</summary>
    public static void ReportFailed(this LoopaiDbContext db, ReportRun run, Report report)
    {
        db.Record(
            Caller.System(run.OrganizationId), "report.failed", "report", run.ReportId, AuditResult.Failed, run.Error,
            new { name = report.Name, run = run.Id, run.DueAt, run.Attempts });
        db.Publish(run, report, WebhookTypes.ReportFailed, filesUntil: null, run.Error);
    }

    /// <summary>
    /// The name of a report that its maker keeps to themselves is theirs, too. The address takes a key: what stands in the files is for those whose permissions they were made with, and a webhook
    /// has none.
    /// </summary>
    private static void Publish(this LoopaiDbContext db, ReportRun run, Report report, string type, DateTimeOffset? filesUntil, string? error) => db.Publish(
        run.OrganizationId, type,
        new { runId = run.Id, run.ReportId, name = report.IsShared ? report.Name : null, href = $"/api/v1/reports/runs/{run.Id}", filesUntil, error }, report.EnvironmentId);
}
