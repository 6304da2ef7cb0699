using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Plugins.Registry;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Plugins.Publishing;

/// <summary>What several verbs do to a submission.</summary>
internal static class SubmissionWriting
{
    /// <summary>Who publishes under a name of the organization is one of its publisher's people. A name that is not there is told by the first step.</summary>
    public static async Task DemandPublisherAsync(this LoopaiDbContext db, Caller caller, string? name, CancellationToken ct)
    {
        if (name is not null && await db.Publishers.FirstOrDefaultAsync(p => p.Name == name && p.OrganizationId == caller.OrganizationId, ct) is { } publisher)
        {
            await db.DemandRoleAsync(caller, publisher, PublisherRole.Contributor, ct);
        }
    }

    /// <summary>The steps of a run; what is kept of the run before is taken over as it is.</summary>
    public static void BeginRun(this LoopaiDbContext db, PluginSubmission submission, IReadOnlyCollection<PluginSubmissionStep> kept)
    {
        foreach (var step in Enum.GetValues<PluginStep>())
        {
            var old = kept.FirstOrDefault(k => k.Step == step);
            db.PluginSubmissionSteps.Add(new PluginSubmissionStep
            {
                Id = Guid.CreateVersion7(), SubmissionId = submission.Id, OrganizationId = submission.OrganizationId, Step = step, Run = submission.Run,
                State = old?.State ?? PluginStepState.Waiting, StartedAt = old?.StartedAt, FinishedAt = old?.FinishedAt, Log = old?.Log ?? "", Findings = old?.Findings ?? "[]",
            });
        }
    }

    public static void Note(this LoopaiDbContext db, Caller caller, PluginSubmission submission, SubmissionEventKind kind, string? text, DateTimeOffset now) =>
        db.PluginSubmissionEvents.Add(new PluginSubmissionEvent
        {
            Id = Guid.CreateVersion7(), SubmissionId = submission.Id, OrganizationId = submission.OrganizationId, Kind = kind, Text = text, By = caller.Name, At = now,
        });

    /// <summary>Whether other organizations would see it: it is meant to, or its plugin is shown to them already.</summary>
    public static async Task<bool> IsShownToAllAsync(this LoopaiDbContext db, PluginSubmission submission, CancellationToken ct) =>
        submission.IsPublic || await db.Plugins.AnyAsync(p => p.Key == submission.Key && p.OrganizationId == submission.OrganizationId && p.IsPublic, ct);
}
