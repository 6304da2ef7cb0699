using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Costs.Ledger;
using Loopai.Core.Costs.Prices;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Tasks;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Programs.Generation;

/// <summary>
/// The jobs of all organizations, as the portals share them. Who holds a job has written a time into its row by which to be heard from; every
/// write is made only where that time still stands, so a portal that was given up for dead cannot write over its successor.
/// </summary>
internal sealed class GenerationQueue(LoopaiData data, TimeProvider time)
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(20);

    /// <summary>A job that has been taken up and lost for so long takes its portals down with it, and is ended.</summary>
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromHours(1);

    private const int MaxStageLength = 200;
    private const int MaxErrorLength = 4_000;

    /// <summary>What the making of a version costs, whether one came of it or not.</summary>
    public static CostCharge ChargeOf(GenerationJob job, TimeSpan took, DateTimeOffset at) =>
        new(CostKind.Generation, job.Id, at, PriceKind.Compute, "generation", (decimal)Math.Max(0, took.TotalSeconds)) { TaskId = job.TaskId };

    /// <summary>Takes up the oldest job that waits or whose portal has fallen silent; null when there is none.</summary>
    public async Task<GenerationJob?> ClaimAsync(CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        while (true)
        {
            var now = Now();
            var job = await db.GenerationJobs.AsNoTracking()
                .Where(j => j.Status == JobStatus.Queued || (j.Status == JobStatus.Running && j.LeaseUntil < now))
                .OrderBy(j => j.CreatedAt)
                .FirstOrDefaultAsync(ct);
            if (job is null)
            {
                return null;
            }

            var until = now + Lease;
            var (status, lease) = (job.Status, job.LeaseUntil);
            var startedAt = job.StartedAt ?? now;
            var taken = await db.GenerationJobs
                .Where(j => j.Id == job.Id && j.Status == status && j.LeaseUntil == lease)
                .ExecuteUpdateAsync(
                    set => set.SetProperty(j => j.Status, JobStatus.Running)
                        .SetProperty(j => j.LeaseUntil, until)
                        .SetProperty(j => j.StartedAt, startedAt)
                        .SetProperty(j => j.Stage, "starting"),
                    ct);
            if (taken == 0)
            {
                continue;
            }

            (job.Status, job.LeaseUntil, job.StartedAt) = (JobStatus.Running, until, startedAt);
            if (now - startedAt < GiveUpAfter)
            {
                return job;
            }

            await FailAsync(job, "The portal stopped again and again while this version was being made. Try with fewer examples.", ct);
        }
    }

    /// <summary>Whether the job is still this portal's: neither cancelled nor given to another.</summary>
    public async Task<bool> IsHeldAsync(GenerationJob job, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.System(job.OrganizationId), ct);
        return await Held(db, job.Id, job.LeaseUntil).AnyAsync(ct);
    }

    /// <summary>Says that the job is alive and how far it has come; false when it was cancelled or has gone to another portal.</summary>
    public Task<bool> PulseAsync(GenerationJob job, SynthesisProgress progress, CancellationToken ct) => WriteAsync(
        job,
        j =>
        {
            (j.Stage, j.Progress, j.LeaseUntil) = (Cut(progress.Stage, MaxStageLength), Math.Clamp(progress.Fraction, 0, 1), Now() + Lease);
        },
        ct);

    /// <summary>Gives the job back, to be taken up by whoever comes first.</summary>
    public Task<bool> ReleaseAsync(GenerationJob job, CancellationToken ct) =>
        WriteAsync(job, j => (j.Status, j.Stage, j.Progress, j.LeaseUntil) = (JobStatus.Queued, "waiting", 0, null), ct);

    /// <summary>Ends the job without a version. What it took is charged all the same.</summary>
    public async Task<bool> FailAsync(GenerationJob job, string error, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.System(job.OrganizationId), ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.LockTaskAsync(job.TaskId, ct);
        var ended = await WriteAsync(
            db,
            job,
            j => (j.Status, j.Stage, j.Error, j.LeaseUntil, j.FinishedAt) = (JobStatus.Failed, "failed", Cut(error, MaxErrorLength), null, Now()),
            ct);
        if (ended)
        {
            await db.ChargeAsync(job.OrganizationId, [ChargeOf(job, Now() - (job.StartedAt ?? Now()), Now())], Now(), ct);
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
        }

        return ended;
    }

    /// <summary>Keeps what was made as the task's next version, and ends the job with it; false when the job was cancelled or has gone to another portal.</summary>
    public async Task<bool> FinishAsync(GenerationJob job, SynthesisResult result, TimeSpan took, CancellationToken ct)
    {
        var caller = Caller.System(job.OrganizationId).For(new ActingFor(null, job.CreatedBy));
        await using var db = await data.OpenAsync(caller, ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var program = new ProgramVersion
        {
            Id = Guid.CreateVersion7(),
            OrganizationId = job.OrganizationId,
            TaskId = job.TaskId,
            Version = await db.NextVersionAsync(job.TaskId, ct),
            Language = ProgramLanguage.Model,
            Strategy = result.Strategy,
            Artifact = result.Artifact,
            Status = result.Strategy == "baseline" ? ProgramStatus.Draft : ProgramStatus.Validated,
            Accuracy = result.Report.Classification?.Accuracy,
            Report = JsonSerializer.Serialize(result.Report, JsonSerializerOptions.Web),
            MadeInMs = took.TotalMilliseconds,
            CreatedBy = job.CreatedBy,
            CreatedAt = Now(),
        };
        db.Programs.Add(program);
        db.Record(caller, "program.generated", "task", job.TaskId, new { program.Version, program.Strategy, program.Accuracy, job = job.Id });
        await db.ChargeAsync(job.OrganizationId, [ChargeOf(job, took, Now()) with { Version = program.Version }], Now(), ct);
        await db.SaveChangesAsync(ct);

        var stage = GenerationStrategy.Parse(job.Strategy).Activate ? await TryActivateAsync(db, caller, program, ct) : "done";
        var done = await WriteAsync(
            db,
            job,
            j => (j.Status, j.Stage, j.Progress, j.Version, j.LeaseUntil, j.FinishedAt) =
                (JobStatus.Succeeded, Cut(stage, MaxStageLength), 1, program.Version, null, Now()),
            ct);
        if (done)
        {
            await transaction.CommitAsync(ct);
        }

        return done;
    }

    private async Task<string> TryActivateAsync(LoopaiDbContext db, Caller caller, ProgramVersion program, CancellationToken ct)
    {
        if (program.Status == ProgramStatus.Draft)
        {
            return $"done; not activated, because {ProgramVersions.WhyDraft(program)}";
        }

        try
        {
            // The task's row is locked since the version's number was given out, so what is read here stays so.
            await db.ActivateAsync(caller, await db.FindOpenTaskAsync(program.TaskId, ct), program, Now(), ct);
            return "done and activated";
        }
        catch (ConflictException e)
        {
            return $"done; not activated: {e.Message}";
        }
    }

    private async Task<bool> WriteAsync(GenerationJob job, Action<GenerationJob> change, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.System(job.OrganizationId), ct);
        return await WriteAsync(db, job, change, ct);
    }

    private static async Task<bool> WriteAsync(LoopaiDbContext db, GenerationJob job, Action<GenerationJob> change, CancellationToken ct)
    {
        var lease = job.LeaseUntil;
        change(job);
        try
        {
            return await Held(db, job.Id, lease)
                .ExecuteUpdateAsync(
                    set => set.SetProperty(j => j.Status, job.Status)
                        .SetProperty(j => j.Stage, job.Stage)
                        .SetProperty(j => j.Progress, job.Progress)
                        .SetProperty(j => j.Version, job.Version)
                        .SetProperty(j => j.Error, job.Error)
                        .SetProperty(j => j.LeaseUntil, job.LeaseUntil)
                        .SetProperty(j => j.FinishedAt, job.FinishedAt),
                    ct) == 1;
        }
        catch
        {
            // The row still holds the old lease, by which the next write finds it.
            job.LeaseUntil = lease;
            throw;
        }
    }

    private static IQueryable<GenerationJob> Held(LoopaiDbContext db, Guid id, DateTimeOffset? lease) =>
        db.GenerationJobs.Where(j => j.Id == id && j.Status == JobStatus.Running && j.LeaseUntil == lease);

    /// <summary>Whole milliseconds: a lease that is read back has to equal the one that was written.</summary>
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..(length - 1)] + "…";
}
