using System.Runtime.CompilerServices;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Costs.Ledger;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Programs.Generation;
using Loopai.Core.Tasks;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Programs;

/// <summary>Asks for versions to be made, watches them come to be, and cancels what is not wanted any more.</summary>
public sealed class GenerationService(LoopaiData data, GenerationSignals signals, TimeProvider time)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>Queues the making of a version from the task's training examples.</summary>
    /// <param name="caller">Who acts.</param>
    /// <param name="taskId">The task.</param>
    /// <param name="strategy"><c>auto</c>, <c>rule</c>, <c>ml</c> or <c>hybrid</c>; auto where nothing is said.</param>
    /// <param name="activate">Whether the version is activated when it is made, unless it is a mere baseline.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<GenerationSnapshot> StartAsync(Caller caller, Guid taskId, string? strategy, bool activate, CancellationToken ct)
    {
        caller.Demand(Permissions.ProgramsWrite, taskId);
        if (activate)
        {
            caller.Demand(Permissions.ProgramsActivate, taskId);
        }

        var chosen = GenerationStrategy.Checked(strategy);
        await using var db = await data.OpenAsync(caller, ct);
        await db.FindOpenTaskAsync(taskId, ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);

        // Of two who start at once, the second waits here and then finds the first one's job.
        await db.LockTaskAsync(taskId, ct);
        var running = await db.GenerationJobs
            .Where(j => j.TaskId == taskId && (j.Status == JobStatus.Queued || j.Status == JobStatus.Running))
            .Select(j => (Guid?)j.Id)
            .FirstOrDefaultAsync(ct);
        if (running is { } other)
        {
            throw ProgramErrors.GenerationRunning(other);
        }

        if (!await db.Examples.AnyAsync(e => e.TaskId == taskId && e.ForTraining, ct))
        {
            throw ProgramErrors.NothingToLearnFrom();
        }

        var job = new GenerationJob
        {
            Id = Guid.CreateVersion7(),
            OrganizationId = caller.OrganizationId,
            TaskId = taskId,
            Strategy = GenerationStrategy.Format(chosen, activate),
            CreatedBy = caller.Name,
            CreatedAt = time.GetUtcNow(),
        };
        db.GenerationJobs.Add(job);
        db.Record(caller, "generation.started", "task", taskId, new { job = job.Id, strategy = chosen, activate });
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        signals.WakeWorker();
        return GenerationSnapshot.Of(job);
    }

    /// <summary>
    /// Ends a job that waits or runs, in whichever portal; no version comes of it. Its learning stops within a second, and is charged as far as it got. Of a job
    /// that was cancelled already nothing changes.
    /// </summary>
    /// <exception cref="ConflictException">The job has made its version, or has failed.</exception>
    public async Task<GenerationSnapshot> CancelAsync(Caller caller, Guid taskId, Guid jobId, CancellationToken ct)
    {
        caller.Demand(Permissions.ProgramsWrite, taskId);
        await using var db = await data.OpenAsync(caller, ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);

        // Who ends a job otherwise locks its task first too, so that neither waits for what the other holds.
        await db.LockTaskAsync(taskId, ct);
        var now = time.GetUtcNow();

        // A job that was given back and waits again has a beginning, and is not at work.
        var began = await db.GenerationJobs.Where(j => j.TaskId == taskId && j.Id == jobId && j.Status == JobStatus.Running).Select(j => j.StartedAt).FirstOrDefaultAsync(ct);
        var ended = await db.GenerationJobs
            .Where(j => j.TaskId == taskId && j.Id == jobId && (j.Status == JobStatus.Queued || j.Status == JobStatus.Running))
            .ExecuteUpdateAsync(
                set => set.SetProperty(j => j.Status, JobStatus.Cancelled)
                    .SetProperty(j => j.Stage, "cancelled")
                    .SetProperty(j => j.LeaseUntil, (DateTimeOffset?)null)
                    .SetProperty(j => j.FinishedAt, now),
                ct);
        var job = await FindJobAsync(db, taskId, jobId, ct);
        if (ended == 0)
        {
            return job.Status == JobStatus.Cancelled ? GenerationSnapshot.Of(job) : throw ProgramErrors.GenerationOver(job);
        }

        if (began is { } at)
        {
            await db.ChargeAsync(job.OrganizationId, [GenerationQueue.ChargeOf(job, now - at, now)], now, ct);
        }

        db.Record(caller, "generation.cancelled", "task", taskId, new { job = job.Id });
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return GenerationSnapshot.Of(job);
    }

    public async Task<GenerationSnapshot> GetAsync(Caller caller, Guid taskId, Guid jobId, CancellationToken ct)
    {
        caller.Demand(Permissions.TasksRead, taskId);
        await using var db = await data.OpenAsync(caller, ct);
        return WithLatest(GenerationSnapshot.Of(await FindJobAsync(db, taskId, jobId, ct)));
    }

    /// <summary>One window of the task's jobs, newest first.</summary>
    public async Task<Page<GenerationSnapshot>> ListAsync(Caller caller, Guid taskId, PageRequest page, CancellationToken ct)
    {
        caller.Demand(Permissions.TasksRead, taskId);
        page = page.Validated();
        await using var db = await data.OpenAsync(caller, ct);
        await db.RequireTaskAsync(taskId, ct);
        var jobs = db.GenerationJobs.AsNoTracking().Where(j => j.TaskId == taskId);
        if (Cursor.Decode<Before>(page.Cursor) is { } before)
        {
            jobs = jobs.Where(j => j.CreatedAt < before.CreatedAt || (j.CreatedAt == before.CreatedAt && j.Id.CompareTo(before.Id) < 0));
        }

        var rows = await jobs.OrderByDescending(j => j.CreatedAt).ThenByDescending(j => j.Id).Take(page.Limit + 1).ToListAsync(ct);
        var last = rows.Count > page.Limit ? rows[page.Limit - 1] : null;
        return new Page<GenerationSnapshot>(
            [.. rows.Take(page.Limit).Select(j => WithLatest(GenerationSnapshot.Of(j)))],
            last is null ? null : Cursor.Encode(new Before(last.CreatedAt, last.Id)));
    }

    /// <summary>The job now, and again whenever it has come further, until it has ended.</summary>
    public async IAsyncEnumerable<GenerationSnapshot> WatchAsync(Caller caller, Guid taskId, Guid jobId, [EnumeratorCancellation] CancellationToken ct)
    {
        GenerationSnapshot? shown = null;
        while (shown is not { IsFinished: true })
        {
            var now = await LookAsync(caller, taskId, jobId, shown, ct);
            if (now != shown)
            {
                yield return shown = now;
            }
            else
            {
                await Task.Delay(LookEvery, ct);
            }
        }
    }

    private static async Task<GenerationJob> FindJobAsync(LoopaiDbContext db, Guid taskId, Guid jobId, CancellationToken ct) =>
        await db.GenerationJobs.AsNoTracking().FirstOrDefaultAsync(j => j.TaskId == taskId && j.Id == jobId, ct) ?? throw ProgramErrors.JobNotFound(jobId);

    /// <summary>A job that runs in this portal is followed in memory; the database is asked about every other, and about the end.</summary>
    private async Task<GenerationSnapshot> LookAsync(Caller caller, Guid taskId, Guid jobId, GenerationSnapshot? shown, CancellationToken ct) =>
        shown is { Status: JobStatus.Running } && signals.ProgressOf(jobId) is not null ? WithLatest(shown) : await GetAsync(caller, taskId, jobId, ct);

    private GenerationSnapshot WithLatest(GenerationSnapshot job) =>
        job.Status == JobStatus.Running && signals.ProgressOf(job.Id) is { } progress ? job with { Stage = progress.Stage, Progress = progress.Fraction } : job;

    private sealed record Before(DateTimeOffset CreatedAt, Guid Id);
}
