using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Plugins.Publishing;

/// <summary>What people decide about submissions: run again, appeal, review, withdraw; and when a review is needed.</summary>
public sealed class SubmissionDecisions(LoopaiData data, SubmissionService submissions, TimeProvider time)
{
    /// <summary>Does again what failed and what comes after it.</summary>
    public async Task<SubmissionDetail> RerunAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsPublish);
        await using var db = await data.OpenAsync(caller, ct);
        var submission = await OpenAsync(db, caller, id, ct);
        if (submission.State != SubmissionState.Failed)
        {
            throw PublishingErrors.NothingToRepeat();
        }

        // What a person refused is decided; the same package would be asked for over and over.
        if (await db.WasAsync(submission, SubmissionEventKind.Refused, ct))
        {
            throw PublishingErrors.Refused();
        }

        var steps = await db.StepsAsync(submission, ct);
        var failed = steps.Find(s => s.State is PluginStepState.Failed or PluginStepState.CannotRun)!;
        submission.Run++;
        (submission.State, submission.FinishedAt, submission.Appeal) = (SubmissionState.Waiting, null, null);
        db.BeginRun(submission, [.. steps.Where(s => s.Step < failed.Step)]);
        return await SaveAsync(db, caller, submission, SubmissionEventKind.Rerun, null, "plugin_submission.rerun", ct);
    }

    /// <summary>Asks a person to look at what the scan found.</summary>
    public async Task<SubmissionDetail> AppealAsync(Caller caller, Guid id, string? text, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsPublish);
        text = Text(text, "why the scan is wrong");
        await using var db = await data.OpenAsync(caller, ct);
        var submission = await OpenAsync(db, caller, id, ct);
        if (!IsAppealable(submission, await db.StepsAsync(submission, ct)) || await db.WasAsync(submission, SubmissionEventKind.AppealDenied, ct))
        {
            throw PublishingErrors.NotAppealable();
        }

        if (await db.IsShownToAllAsync(submission, ct))
        {
            throw PublishingErrors.AppealOfPublic();
        }

        (submission.Appeal, submission.State) = (text, SubmissionState.InReview);
        db.TellReview(submission, PluginStep.Scan, text);
        return await SaveAsync(db, caller, submission, SubmissionEventKind.Appealed, text, "plugin_submission.appealed", ct);
    }

    /// <summary>Answers a review or an appeal.</summary>
    public async Task<SubmissionDetail> DecideAsync(Caller caller, Guid id, bool isApproved, string? text, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsReview);
        text = Text(text, "what decides it");
        await using var db = await data.OpenAsync(caller, ct);
        var submission = await db.FindSubmissionAsync(id, ct);
        if (submission.State != SubmissionState.InReview)
        {
            throw PublishingErrors.NothingToDecide();
        }

        var isAppeal = submission.Appeal is not null;
        var asked = (await db.StepsAsync(submission, ct)).Single(s => s.Step == (isAppeal ? PluginStep.Scan : PluginStep.Review));
        asked.State = (isApproved, isAppeal) switch
        {
            (true, true) => PluginStepState.Overruled,
            (true, false) => PluginStepState.Passed,
            (false, _) => PluginStepState.Failed,
        };
        asked.Log += $"{(isApproved ? "let through" : "refused")} by {caller.Name}: {text}\n";
        asked.FinishedAt = isAppeal ? asked.FinishedAt : time.GetUtcNow();
        (submission.Appeal, submission.State) = (null, isApproved ? SubmissionState.Waiting : SubmissionState.Failed);
        submission.FinishedAt = isApproved ? null : time.GetUtcNow();
        if (!isApproved)
        {
            db.TellRejected(submission, asked.Step, text, FindingJson.Read(asked.Findings).Count);
        }

        var kind = (isAppeal, isApproved) switch
        {
            (true, true) => SubmissionEventKind.AppealGranted,
            (true, false) => SubmissionEventKind.AppealDenied,
            (false, true) => SubmissionEventKind.Approved,
            (false, false) => SubmissionEventKind.Refused,
        };
        return await SaveAsync(db, caller, submission, kind, text, "plugin_submission.decided", ct);
    }

    /// <summary>Ends it for good; the package is not kept.</summary>
    public async Task<SubmissionDetail> WithdrawAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsPublish);
        await using var db = await data.OpenAsync(caller, ct);
        var submission = await OpenAsync(db, caller, id, ct);
        if (submission.State == SubmissionState.Running)
        {
            throw PublishingErrors.StillRunning();
        }

        (submission.State, submission.FinishedAt, submission.Appeal, submission.LeaseUntil) = (SubmissionState.Withdrawn, time.GetUtcNow(), null, null);
        db.PluginSubmissionPackages.RemoveRange(await db.PluginSubmissionPackages.Where(p => p.SubmissionId == id).ToListAsync(ct));
        return await SaveAsync(db, caller, submission, SubmissionEventKind.Withdrawn, null, "plugin_submission.withdrawn", ct);
    }

    /// <summary>When a person looks at a version before it is published.</summary>
    public async Task<ReviewRule> GetPolicyAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsRead);
        await using var db = await data.OpenAsync(caller, ct);
        return await db.ReviewRuleAsync(ct);
    }

    public async Task<ReviewRule> SetPolicyAsync(Caller caller, ReviewRule rule, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsReview);
        await using var db = await data.OpenAsync(caller, ct);
        var policy = await db.PluginReviewPolicies.FirstOrDefaultAsync(ct);
        var before = policy?.Rule ?? ReviewPolicies.Default;
        if (policy is null)
        {
            db.PluginReviewPolicies.Add(new PluginReviewPolicy { OrganizationId = caller.OrganizationId, Rule = rule });
        }
        else
        {
            policy.Rule = rule;
        }

        db.Record(caller, "plugin_review_policy.changed", "organization", caller.OrganizationId, new { before = before.ToString(), after = rule.ToString() });
        await db.SaveChangesAsync(ct);
        return rule;
    }

    /// <summary>Only the scan may be wrong about a package; a step that could not run is not.</summary>
    internal static bool IsAppealable(PluginSubmission submission, IReadOnlyList<PluginSubmissionStep> steps) =>
        submission.State == SubmissionState.Failed && steps.Any(s => s is { Step: PluginStep.Scan, State: PluginStepState.Failed });

    private static async Task<PluginSubmission> OpenAsync(LoopaiDbContext db, Caller caller, Guid id, CancellationToken ct)
    {
        var submission = await db.FindSubmissionAsync(id, ct);
        await db.DemandPublisherAsync(caller, submission.Key?.Split('.')[0], ct);
        return submission.State is SubmissionState.Published or SubmissionState.Withdrawn ? throw PublishingErrors.Over() : submission;
    }

    private static string Text(string? text, string what) =>
        text?.Trim() is { Length: > 0 and <= PluginSubmission.MaxReasonLength } said ? said : throw PublishingErrors.TextNeeded(what);

    private async Task<SubmissionDetail> SaveAsync(LoopaiDbContext db, Caller caller, PluginSubmission submission, SubmissionEventKind kind, string? text, string action, CancellationToken ct)
    {
        submission.Revision++;
        db.Note(caller, submission, kind, text, time.GetUtcNow());
        db.Record(caller, action, SubmissionService.Kind, submission.Id, new { submission.Key, submission.Version, kind = kind.ToString(), text });
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw PublishingErrors.ChangedMeanwhile();
        }

        return await submissions.ReadAsync(caller, submission.Id, ct);
    }
}

/// <summary>When an organization wants a person to look.</summary>
internal static class ReviewPolicies
{
    /// <summary>Nobody is asked for a first version that nobody uses yet; more than was agreed to is looked at.</summary>
    public const ReviewRule Default = ReviewRule.WhenCapabilitiesWiden;

    public static async Task<ReviewRule> ReviewRuleAsync(this LoopaiDbContext db, CancellationToken ct) => (await db.PluginReviewPolicies.FirstOrDefaultAsync(ct))?.Rule ?? Default;

    /// <summary>Why a person has to look; null where nobody has to.</summary>
    public static string? Reason(ReviewRule rule, PackageChanges? changes) => rule switch
    {
        ReviewRule.Never => null,
        ReviewRule.Always => "This organization has every version looked at.",
        ReviewRule.FirstVersion => changes is null ? "This organization has first versions looked at." : null,
        ReviewRule.WhenCapabilitiesWiden => changes is { Widened.Count: > 0 } ? $"It may do more than {changes.Before}. {string.Join(' ', changes.Widened)}" : null,
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, null),
    };
}
