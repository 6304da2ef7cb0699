using System.Globalization;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Reports.Running;

/// <summary>
/// A run that this portal works on. Each write is made only where the lease still stands as this portal wrote it: one that was given up for dead, or whose run
/// was cancelled, finds that out at its next step and leaves everything as it is.
/// </summary>
internal sealed class RunLease(LoopaiData data, ReportRun run, TimeProvider time)
{
    /// <summary>Longer than a step takes.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromMinutes(3);

    private const int MaxLogLength = 50_000;

    private DateTimeOffset? _held = run.NextAttemptAt;

    public ReportRun Run => run;

    /// <summary>Takes the run; false when another was faster.</summary>
    public async Task<bool> TakeAsync(CancellationToken ct)
    {
        var status = run.Status;
        if (status == RunStatus.Running)
        {
            // Counted like a failure: what ends the portal every time must not do so for ever.
            run.Attempts++;
            Note("The portal that worked on it was not heard of again; another goes on.");
        }

        (run.Status, run.StartedAt, run.NextAttemptAt) = (RunStatus.Running, run.StartedAt ?? Now(), Now() + Length);
        return await WriteAsync(status, ct);
    }

    /// <summary>Says how far it is, and keeps the lease.</summary>
    /// <exception cref="LostRunException">The run is no longer this portal's.</exception>
    public async Task StepAsync(string stage, double progress, CancellationToken ct)
    {
        (run.Stage, run.Progress, run.NextAttemptAt) = (stage, progress, Now() + Length);
        Note(stage);
        if (!await WriteAsync(RunStatus.Running, ct))
        {
            throw new LostRunException();
        }
    }

    /// <summary>Ends this attempt.</summary>
    public async Task<bool> EndAsync(RunStatus status, string? error, DateTimeOffset? nextAttemptAt, CancellationToken ct)
    {
        (run.Status, run.Error, run.NextAttemptAt) = (status, Cut(error), nextAttemptAt);
        run.FinishedAt = run.IsOver ? Now() : null;
        await using var db = await data.OpenAsync(Caller.System(run.OrganizationId), ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (!await WriteAsync(db, RunStatus.Running, ct))
        {
            return false;
        }

        if (status == RunStatus.Dead)
        {
            db.ReportFailed(run, await db.Reports.AsNoTracking().FirstAsync(r => r.Id == run.ReportId, ct));
            await db.SaveChangesAsync(ct);
        }

        await transaction.CommitAsync(ct);
        return true;
    }

    public void Note(string line)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{Now():yyyy-MM-dd HH:mm:ss} {line}\n");
        run.Log = run.Log.Length + text.Length > MaxLogLength ? run.Log : run.Log + text;
    }

    public static string? Cut(string? text) => text is { Length: > ReportRun.MaxErrorLength } ? text[..ReportRun.MaxErrorLength] : text;

    private async Task<bool> WriteAsync(RunStatus from, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.System(run.OrganizationId), ct);
        return await WriteAsync(db, from, ct);
    }

    private async Task<bool> WriteAsync(LoopaiDbContext db, RunStatus from, CancellationToken ct)
    {
        var held = _held;
        var written = await db.ReportRuns.Where(r => r.Id == run.Id && r.Status == from && r.NextAttemptAt == held).ExecuteUpdateAsync(
            set => set.SetProperty(r => r.Status, run.Status)
                .SetProperty(r => r.Stage, run.Stage)
                .SetProperty(r => r.Progress, run.Progress)
                .SetProperty(r => r.Attempts, run.Attempts)
                .SetProperty(r => r.NextAttemptAt, run.NextAttemptAt)
                .SetProperty(r => r.Error, run.Error)
                .SetProperty(r => r.Log, run.Log)
                .SetProperty(r => r.StartedAt, run.StartedAt)
                .SetProperty(r => r.FinishedAt, run.FinishedAt),
            ct) == 1;
        _held = written ? run.NextAttemptAt : _held;
        return written;
    }

    /// <summary>Whole milliseconds: a lease that is read back has to equal the one that was written.</summary>
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
}

/// <summary>Another portal works on the run, or somebody ended it.</summary>
internal sealed class LostRunException : Exception;
