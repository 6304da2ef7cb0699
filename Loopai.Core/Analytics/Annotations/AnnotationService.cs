using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Rollouts;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Analytics.Annotations;

/// <summary>What happened beside the figures: what Loopai knows of itself, and what programs and people tell it.</summary>
public sealed class AnnotationService(LoopaiData data, TimeProvider time)
{
    private const int Most = 200;

    /// <summary>Everything of the caller's environment in a stretch of time, oldest first; the latest where there is too much.</summary>
    public async Task<IReadOnlyList<Mark>> ListAsync(Caller caller, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        var mine = caller.DemandOnTasks(Permissions.AnalyticsRead);
        (from, to) = (from.ToUniversalTime(), to.ToUniversalTime());
        await using var db = await data.OpenAsync(caller, ct);
        var told = await db.Annotations.AsNoTracking().Where(a => a.EnvironmentId == caller.EnvironmentId && a.At >= from && a.At < to)
            .OrderByDescending(a => a.At).Take(Most).ToListAsync(ct);
        var activated = await db.Programs.AsNoTracking().OfTasks(mine).Where(p => p.ActivatedAt >= from && p.ActivatedAt < to)
            .OrderByDescending(p => p.ActivatedAt).Take(Most)
            .Join(db.Tasks, p => p.TaskId, t => t.Id, (p, t) => new { At = p.ActivatedAt!.Value, t.Id, t.Name, p.Version }).ToListAsync(ct);
        var rollouts = await db.Rollouts.AsNoTracking().OfTasks(mine).Where(r => r.EnvironmentId == caller.EnvironmentId && (r.StartedAt >= from || r.EndedAt >= from) && r.StartedAt < to)
            .OrderByDescending(r => r.StartedAt).Take(Most)
            .Join(db.Tasks, r => r.TaskId, t => t.Id, (r, t) => new { r.StartedAt, r.EndedAt, r.Status, r.Version, t.Id, t.Name }).ToListAsync(ct);
        var decided = await db.Experiments.AsNoTracking().OfTasks(mine).Where(e => e.EnvironmentId == caller.EnvironmentId && e.Decision != null && e.UpdatedAt >= from)
            .OrderByDescending(e => e.UpdatedAt).Take(Most).ToListAsync(ct);

        IEnumerable<Mark> all =
        [
            .. told.Where(a => a.TaskId is not { } task || mine is null || mine.Contains(task)).Select(a => new Mark(a.Id, a.At, MarkKind.Annotation, a.Title, a.Text, a.Url, a.TaskId, a.CreatedBy)),
            .. activated.Select(a => new Mark(null, a.At, MarkKind.VersionActivated, $"{a.Name} v{a.Version} active", "", null, a.Id, null)),
            .. rollouts.Select(r => new Mark(null, r.StartedAt, MarkKind.RolloutStarted, $"{r.Name} v{r.Version} rollout", "", null, r.Id, null)),
            .. rollouts.Where(r => r.EndedAt is not null && r.Status == RolloutStatus.RolledBack).Select(r => new Mark(null, r.EndedAt!.Value, MarkKind.RolledBack, $"{r.Name} v{r.Version} rolled back", "", null, r.Id, null)),
            .. decided.Select(e => new Mark(null, e.Decision!.At, MarkKind.ExperimentDecided, $"{e.Name} decided", e.Decision.Reason, null, e.TaskId, e.Decision.By)),
        ];
        return [.. all.Where(m => m.At >= from && m.At < to).OrderByDescending(m => m.At).Take(Most).Reverse()];
    }

    public async Task<Mark> CreateAsync(Caller caller, AnnotationDraft draft, CancellationToken ct)
    {
        caller.Demand(Permissions.DashboardsWrite);
        var now = time.GetUtcNow();
        Check(draft, now);
        await using var db = await data.OpenAsync(caller, ct);
        if (draft.TaskId is { } task && !await db.Tasks.AnyAsync(t => t.Id == task, ct))
        {
            throw new InvalidException("annotation.invalid", "taskId", $"There is no task {task} in this organization.");
        }

        var annotation = new Annotation
        {
            Id = Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, EnvironmentId = caller.EnvironmentId, TaskId = draft.TaskId,
            At = DateTimeOffset.FromUnixTimeMilliseconds((draft.At ?? now).ToUnixTimeMilliseconds()), Title = draft.Title!.Trim(), Text = draft.Text?.Trim() ?? "", Url = string.IsNullOrWhiteSpace(draft.Url) ? null : draft.Url.Trim(),
            CreatedBy = caller.Name, CreatedAt = now,
        };
        db.Annotations.Add(annotation);
        db.Record(caller, "annotation.created", "annotation", annotation.Id, new { name = annotation.Title, annotation.At });
        await db.SaveChangesAsync(ct);
        return new Mark(annotation.Id, annotation.At, MarkKind.Annotation, annotation.Title, annotation.Text, annotation.Url, annotation.TaskId, annotation.CreatedBy);
    }

    public async Task DeleteAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.DashboardsWrite);
        await using var db = await data.OpenAsync(caller, ct);
        var annotation = await db.Annotations.FirstOrDefaultAsync(a => a.Id == id && a.EnvironmentId == caller.EnvironmentId, ct)
            ?? throw new NotFoundException("annotation.not_found", $"There is no annotation {id} in this environment.");
        db.Annotations.Remove(annotation);
        db.Record(caller, "annotation.deleted", "annotation", id, new { name = annotation.Title });
        await db.SaveChangesAsync(ct);
    }

    private static void Check(AnnotationDraft draft, DateTimeOffset now) => new FieldErrors()
        .AddIf(string.IsNullOrWhiteSpace(draft.Title) || draft.Title.Trim().Length > Annotation.MaxTitleLength, "title", $"Say in 1 to {Annotation.MaxTitleLength} characters what happened.")
        .AddIf(draft.Text?.Length > Annotation.MaxTextLength, "text", $"At most {Annotation.MaxTextLength} characters.")
        .AddIf(
            !string.IsNullOrWhiteSpace(draft.Url) && !(Uri.TryCreate(draft.Url.Trim(), UriKind.Absolute, out var url) && url.Scheme is "https" or "http" && draft.Url.Length <= Annotation.MaxUrlLength),
            "url", "Give an address that begins with https://, or leave it out.")
        .AddIf(draft.At > now.AddDays(366) || draft.At < now.AddDays(-3660), "at", "A moment of the last ten years or the next one.")
        .ThrowIfAny("annotation.invalid", "The annotation cannot be taken as it stands.");
}

/// <summary>What somebody tells; what is left out of its time is now.</summary>
/// <param name="Title">What happened: <c>Deployed 2026.3.1</c>.</param>
/// <param name="Text">More of it.</param>
/// <param name="Url">Where more is to be read.</param>
/// <param name="At">When.</param>
/// <param name="TaskId">The task it concerns; null for all of them.</param>
public sealed record AnnotationDraft(string? Title, string? Text = null, string? Url = null, DateTimeOffset? At = null, Guid? TaskId = null);

/// <summary>A moment to point out beside figures.</summary>
/// <param name="Id">Of an annotation, by which it can be deleted; null for what Loopai knows of itself.</param>
/// <param name="At">When.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Title">In few words.</param>
/// <param name="Text">In more.</param>
/// <param name="Url">Where more is to be read.</param>
/// <param name="TaskId">The task it concerns.</param>
/// <param name="By">Who did it, where that is known.</param>
public sealed record Mark(Guid? Id, DateTimeOffset At, MarkKind Kind, string Title, string Text, string? Url, Guid? TaskId, string? By);

/// <summary>What happened.</summary>
public enum MarkKind
{
    Annotation,
    VersionActivated,
    RolloutStarted,
    RolledBack,
    ExperimentDecided,
}
