using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Programs;
using Loopai.Core.Reports;
using Loopai.Core.Reports.Running;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Jobs;

/// <summary>What runs by itself in the caller's environment: what does now, what is next, and what came of the last. Each is managed by the service it belongs to.</summary>
public sealed class JobService(LoopaiData data)
{
    private const int Shown = 50;

    public async Task<JobBoard> GetAsync(Caller caller, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(caller, ct);
        List<Job> jobs = [];
        List<PlannedJob> planned = [];
        if (caller.May(Permissions.ReportsRead))
        {
            jobs.AddRange(await RunsAsync(db, caller, ct));
            planned.AddRange(await SchedulesAsync(db, caller, ct));
        }

        if (caller.MaySomewhere(Permissions.TasksRead))
        {
            jobs.AddRange(await GenerationsAsync(db, caller, ct));
        }

        return new JobBoard([.. jobs.OrderBy(j => j.State is not (JobState.Running or JobState.Waiting)).ThenByDescending(j => j.CreatedAt).Take(Shown * 2)], [.. planned.OrderBy(p => p.NextAt is null).ThenBy(p => p.NextAt)]);
    }

    private static async Task<IEnumerable<Job>> RunsAsync(LoopaiDbContext db, Caller caller, CancellationToken ct)
    {
        var rows = await db.ReportRuns.AsNoTracking().Join(db.VisibleReports(caller), run => run.ReportId, report => report.Id, (run, report) => new { run, report.Name })
            .OrderByDescending(r => r.run.CreatedAt).Take(Shown).ToListAsync(ct);
        return rows.Select(r => new Job(
            JobKind.Report, r.run.Id, r.run.ReportId, r.Name, StateOf(r.run.Status), r.run.Stage, r.run.Progress, r.run.RequestedBy, r.run.CreatedAt, r.run.StartedAt, r.run.FinishedAt,
            r.run.Status == RunStatus.Waiting ? r.run.NextAttemptAt : null, r.run.Error, r.run.OwnerId == caller.PersonId || caller.May(Permissions.JobsManage)));
    }

    private static async Task<IEnumerable<PlannedJob>> SchedulesAsync(LoopaiDbContext db, Caller caller, CancellationToken ct)
    {
        var rows = await db.ReportSchedules.AsNoTracking().Join(db.VisibleReports(caller), schedule => schedule.ReportId, report => report.Id, (schedule, report) => new { schedule, report.Name })
            .OrderBy(r => r.schedule.NextDueAt).Take(Shown).ToListAsync(ct);
        var mayManage = caller.May(Permissions.JobsManage) || caller.May(Permissions.ReportsSend);
        return rows.Select(r => new PlannedJob(r.schedule.Id, r.schedule.ReportId, r.Name, r.schedule.Cron, r.schedule.TimeZone, r.schedule.NextDueAt, r.schedule.IsPaused, r.schedule.CreatedBy, mayManage));
    }

    private static async Task<IEnumerable<Job>> GenerationsAsync(LoopaiDbContext db, Caller caller, CancellationToken ct)
    {
        var rows = await db.GenerationJobs.AsNoTracking().OfTasks(caller.TasksWith(Permissions.TasksRead)).Join(db.Tasks, job => job.TaskId, task => task.Id, (job, task) => new { job, task.Name })
            .OrderByDescending(r => r.job.CreatedAt).Take(Shown).ToListAsync(ct);
        return rows.Select(r => new Job(
            JobKind.Generation, r.job.Id, r.job.TaskId, r.Name, StateOf(r.job.Status), r.job.Stage, r.job.Progress, r.job.CreatedBy, r.job.CreatedAt, r.job.StartedAt, r.job.FinishedAt, null, r.job.Error,
            caller.May(Permissions.ProgramsWrite, r.job.TaskId)));
    }

    private static JobState StateOf(RunStatus status) => status switch
    {
        RunStatus.Waiting => JobState.Waiting, RunStatus.Running => JobState.Running, RunStatus.Succeeded => JobState.Succeeded, RunStatus.Dead => JobState.Failed, RunStatus.Cancelled => JobState.Cancelled,
    };

    private static JobState StateOf(JobStatus status) => status switch
    {
        JobStatus.Queued => JobState.Waiting, JobStatus.Running => JobState.Running, JobStatus.Succeeded => JobState.Succeeded, JobStatus.Failed => JobState.Failed, JobStatus.Cancelled => JobState.Cancelled,
    };
}

/// <summary>All that runs by itself.</summary>
/// <param name="Jobs">What runs and waits, then what is over, newest first.</param>
/// <param name="Planned">What comes by itself, the next one first.</param>
public sealed record JobBoard(IReadOnlyList<Job> Jobs, IReadOnlyList<PlannedJob> Planned);

/// <param name="Kind">What it does.</param>
/// <param name="Id">The run's or the generation's.</param>
/// <param name="SubjectId">The report or the task.</param>
/// <param name="Subject">What that is called.</param>
/// <param name="State">Where it is.</param>
/// <param name="Stage">What it does now.</param>
/// <param name="Progress">0..1.</param>
/// <param name="By">Who asked for it.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="FinishedAt">When it was over.</param>
/// <param name="NextAttemptAt">When it is tried again, or for the first time.</param>
/// <param name="Error">What it failed of.</param>
/// <param name="MayManage">Whether the caller may end it and, of a report, try it again.</param>
public sealed record Job(
    JobKind Kind, Guid Id, Guid SubjectId, string Subject, JobState State, string Stage, double Progress, string By, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt, DateTimeOffset? NextAttemptAt, string? Error, bool MayManage);

/// <summary>What comes by itself.</summary>
public sealed record PlannedJob(Guid ScheduleId, Guid ReportId, string Report, string Cron, string TimeZone, DateTimeOffset? NextAt, bool IsPaused, string By, bool MayManage);

public enum JobKind
{
    Report,
    Generation,
}

public enum JobState
{
    Waiting,
    Running,
    Succeeded,
    Failed,
    Cancelled,
}
