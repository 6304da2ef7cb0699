using Loopai.Core.Data;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Plugins.Publishing;

/// <summary>What webhooks are told of submissions, in the unit of work of the change. The portal's bell reads the submissions themselves.</summary>
internal static class SubmissionNews
{
    private const int MostOfReason = 500;

    /// <summary>How a step ended, where that is the end of the pipeline or somebody's turn.</summary>
    public static async Task TellAsync(this LoopaiDbContext db, PluginSubmission submission, PluginSubmissionStep step, StepEnd end, CancellationToken ct)
    {
        switch (end.Next)
        {
            case SubmissionState.Published:
                var isPublic = await db.Plugins.AnyAsync(p => p.Key == submission.Key && p.OrganizationId == submission.OrganizationId && p.IsPublic, ct);
                db.Publish(
                    submission.OrganizationId, WebhookTypes.PluginPublished,
                    new { submissionId = submission.Id, plugin = submission.Key, submission.Version, by = submission.CreatedBy, versionId = submission.PluginVersionId, isPublic });
                break;
            case SubmissionState.Failed:
                var errors = end.Outcome.Findings.Where(f => f.Severity == FindingSeverity.Error).ToList();
                db.TellRejected(submission, step.Step, end.Outcome.CannotRun ?? (errors.Count > 0 ? Of(errors[0]) : ""), errors.Count);
                break;
            case SubmissionState.InReview:
                db.TellReview(submission, step.Step, end.Why ?? "");
                break;
        }
    }

    /// <summary>It was stopped: by what was found, by what could not be found out, or by a person.</summary>
    public static void TellRejected(this LoopaiDbContext db, PluginSubmission submission, PluginStep step, string reason, int findings) => db.Publish(
        submission.OrganizationId, WebhookTypes.PluginRejected,
        new { submissionId = submission.Id, plugin = submission.Key, submission.Version, by = submission.CreatedBy, step, reason = StorableText.Of(reason, MostOfReason), findings });

    /// <summary>A person's word is asked for.</summary>
    public static void TellReview(this LoopaiDbContext db, PluginSubmission submission, PluginStep step, string reason) => db.Publish(
        submission.OrganizationId, WebhookTypes.PluginReviewRequested,
        new { submissionId = submission.Id, plugin = submission.Key, submission.Version, by = submission.CreatedBy, step, reason = StorableText.Of(reason, MostOfReason) });

    private static string Of(PluginFinding finding) => (finding.File, finding.Line) switch
    {
        ({ } file, { } line) => $"{file}, line {line}: {finding.Message}",
        ({ } file, null) => $"{file}: {finding.Message}",
        _ => finding.Message,
    };
}
