namespace Loopai.Core.Programs.Generation;

/// <summary>A generation job as it stands.</summary>
/// <param name="Id">The job.</param>
/// <param name="TaskId">The task whose version it makes.</param>
/// <param name="Strategy"><c>auto</c>, <c>rule</c>, <c>ml</c> or <c>hybrid</c>.</param>
/// <param name="Activate">Whether the version is activated when it is made.</param>
/// <param name="Status">Where it is.</param>
/// <param name="Stage">What it does now, in words.</param>
/// <param name="Progress">0..1.</param>
/// <param name="Version">The version that was made.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="CreatedBy">Who asked for it.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="StartedAt">When it was first taken up.</param>
/// <param name="FinishedAt">When it ended.</param>
public sealed record GenerationSnapshot(
    Guid Id, Guid TaskId, string Strategy, bool Activate, JobStatus Status, string Stage, double Progress, int? Version, string? Error, string CreatedBy,
    DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt)
{
    public bool IsFinished => Status is JobStatus.Succeeded or JobStatus.Failed or JobStatus.Cancelled;

    public static GenerationSnapshot Of(GenerationJob job)
    {
        var (strategy, activate) = GenerationStrategy.Parse(job.Strategy);
        return new GenerationSnapshot(
            job.Id, job.TaskId, strategy, activate, job.Status, job.Stage, job.Progress, job.Version, job.Error, job.CreatedBy, job.CreatedAt, job.StartedAt,
            job.FinishedAt);
    }
}
