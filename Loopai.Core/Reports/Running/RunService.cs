using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Reports.Delivery;
using Loopai.Core.Reports.Scheduling;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Reports.Running;

/// <summary>Starts runs, shows what came of them, and tries again what failed.</summary>
public sealed class RunService(LoopaiData data, TimeProvider time)
{
    private const string Kind = "report_run";

    /// <summary>Makes a report now, for the caller and whom they name.</summary>
    public async Task<ReportRun> StartAsync(Caller caller, Guid reportId, RunRequest request, CancellationToken ct)
    {
        caller.Demand(Permissions.ReportsRead);
        var wanted = request.Recipients?.Cleaned() ?? new ReportRecipients();
        if (!wanted.IsEmpty)
        {
            caller.Demand(Permissions.ReportsSend);
        }

        await using var db = await data.OpenAsync(caller, ct);
        var report = await db.FindReportAsync(caller, reportId, tracked: false, ct);
        var errors = new FieldErrors();
        var recipients = await ScheduleService.CheckAsync(errors, db, wanted, ct);
        ScheduleService.CheckFormats(errors, request.Formats, isMailed: !recipients.IsEmpty);
        errors.AddIf(caller.PersonId is null, "owner", "A report is made with somebody's eyes: use the portal, or a key that belongs to a person.")
            .ThrowIfAny("report_run.invalid", "The report cannot be run like this.");
        var now = time.GetUtcNow();
        var run = new ReportRun
        {
            Id = Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, ReportId = reportId, Version = report.Version, DueAt = now,
            Formats = ReportFormats.Write(request.Formats ?? []), Recipients = ReportJson.Write(recipients), RequestedBy = caller.Name, OwnerId = caller.PersonId!.Value,
            KeyId = caller.Kind == CallerKind.ApiKey ? caller.Id : null, NextAttemptAt = now, CreatedAt = now,
        };
        db.ReportRuns.Add(run);
        db.Record(caller, "report.run", "report", reportId, new { report.Name, run = run.Id, run.Formats, run.Recipients });
        await db.SaveChangesAsync(ct);
        return run;
    }

    /// <summary>Runs of a report, or of all the caller sees, newest first.</summary>
    public async Task<Page<ReportRun>> ListAsync(Caller caller, Guid? reportId, RunStatus? status, PageRequest page, CancellationToken ct)
    {
        caller.Demand(Permissions.ReportsRead);
        page = page.Validated();
        await using var db = await data.OpenAsync(caller, ct);
        if (reportId is { } one)
        {
            await db.FindReportAsync(caller, one, tracked: false, ct);
        }

        var reports = db.VisibleReports(caller);
        var runs = db.ReportRuns.AsNoTracking().Where(r => reports.Any(report => report.Id == r.ReportId));
        runs = reportId is null ? runs : runs.Where(r => r.ReportId == reportId);
        runs = status is null ? runs : runs.Where(r => r.Status == status);
        if (Cursor.Decode<After>(page.Cursor) is { } after)
        {
            runs = runs.Where(r => r.CreatedAt < after.At || (r.CreatedAt == after.At && r.Id.CompareTo(after.Id) < 0));
        }

        var rows = await runs.OrderByDescending(r => r.CreatedAt).ThenByDescending(r => r.Id).Take(page.Limit + 1).ToListAsync(ct);
        var last = rows.Count > page.Limit ? rows[page.Limit - 1] : null;
        return new Page<ReportRun>([.. rows.Take(page.Limit)], last is null ? null : Cursor.Encode(new After(last.CreatedAt, last.Id)));
    }

    /// <summary>A run with the files that were made for callers with the same permissions, and what became of its mails.</summary>
    public async Task<RunDetail> GetAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.ReportsRead);
        await using var db = await data.OpenAsync(caller, ct);
        var (run, report) = await FindAsync(db, caller, id, ct);
        var (audience, now) = (caller.Audience(), time.GetUtcNow());
        var files = await db.ReportFiles.Where(f => f.RunId == id && f.Audience == audience && f.ExpiresAt > now && f.Format != ReportFormat.Html)
            .Select(f => new RunFile(f.Id, f.Format, f.Name, f.ContentType, f.Size, f.CreatedAt, f.ExpiresAt)).ToListAsync(ct);
        files.Sort((a, b) => a.Format.CompareTo(b.Format));
        var others = await db.ReportFiles.AnyAsync(f => f.RunId == id && f.Audience != audience, ct);
        var deliveries = await db.ReportDeliveries.AsNoTracking().Where(d => d.RunId == id).OrderBy(d => d.Address).ToListAsync(ct);
        return new RunDetail(run, report.Name, files, others, deliveries);
    }

    /// <summary>A file that was made for callers with the same permissions.</summary>
    public async Task<ReportFile> FileAsync(Caller caller, Guid runId, Guid fileId, CancellationToken ct)
    {
        caller.Demand(Permissions.ReportsRead);
        await using var db = await data.OpenAsync(caller, ct);
        await FindAsync(db, caller, runId, ct);
        var (audience, now) = (caller.Audience(), time.GetUtcNow());
        return await db.ReportFiles.AsNoTracking()
            .FirstOrDefaultAsync(f => f.Id == fileId && f.RunId == runId && f.Audience == audience && f.ExpiresAt > now && f.Format != ReportFormat.Html, ct) ?? throw ReportErrors.FileNotFound();
    }

    /// <summary>Ends a run that is not over.</summary>
    public async Task<ReportRun> CancelAsync(Caller caller, Guid id, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(caller, ct);
        var (run, _) = await FindManagedAsync(db, caller, id, ct);
        var now = time.GetUtcNow();
        var ended = await db.ReportRuns.Where(r => r.Id == id && (r.Status == RunStatus.Waiting || r.Status == RunStatus.Running)).ExecuteUpdateAsync(
            set => set.SetProperty(r => r.Status, RunStatus.Cancelled).SetProperty(r => r.NextAttemptAt, (DateTimeOffset?)null).SetProperty(r => r.FinishedAt, now), ct);
        if (ended == 0)
        {
            throw ReportErrors.NotUnderWay();
        }

        db.Record(caller, "report_run.cancelled", Kind, id, new { run.ReportId });
        await db.SaveChangesAsync(ct);
        return (await FindAsync(db, caller, id, ct)).Run;
    }

    /// <summary>Tries again what failed for good, or was ended. Files that are there already are not made again.</summary>
    public async Task<ReportRun> RetryAsync(Caller caller, Guid id, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(caller, ct);
        var (run, _) = await FindManagedAsync(db, caller, id, ct);
        var now = time.GetUtcNow();
        var begun = await db.ReportRuns.Where(r => r.Id == id && (r.Status == RunStatus.Dead || r.Status == RunStatus.Cancelled)).ExecuteUpdateAsync(
            set => set.SetProperty(r => r.Status, RunStatus.Waiting).SetProperty(r => r.NextAttemptAt, now).SetProperty(r => r.Attempts, 0)
                .SetProperty(r => r.FinishedAt, (DateTimeOffset?)null),
            ct);
        if (begun == 0)
        {
            throw ReportErrors.NothingToRetry();
        }

        db.Record(caller, "report_run.retried", Kind, id, new { run.ReportId });
        await db.SaveChangesAsync(ct);
        return (await FindAsync(db, caller, id, ct)).Run;
    }

    /// <summary>Sends a mail again that failed, or of which nobody knows whether it was sent.</summary>
    public async Task<ReportDelivery> SendAgainAsync(Caller caller, Guid runId, Guid deliveryId, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(caller, ct);
        await FindManagedAsync(db, caller, runId, ct);
        var now = time.GetUtcNow();
        var delivery = await db.ReportDeliveries.AsNoTracking().FirstOrDefaultAsync(d => d.Id == deliveryId && d.RunId == runId, ct) ?? throw ReportErrors.DeliveryNotFound(deliveryId);
        var again = await db.ReportDeliveries.Where(d => d.Id == deliveryId && (d.Status == DeliveryStatus.Failed || d.Status == DeliveryStatus.Uncertain)).ExecuteUpdateAsync(
            set => set.SetProperty(d => d.Status, DeliveryStatus.Waiting).SetProperty(d => d.NextAttemptAt, now).SetProperty(d => d.Attempts, 0).SetProperty(d => d.Error, (string?)null), ct);
        if (again == 0)
        {
            throw ReportErrors.NotWaiting();
        }

        db.Record(caller, "report_delivery.sent_again", Kind, runId, new { delivery.Address });
        await db.SaveChangesAsync(ct);
        return await db.ReportDeliveries.AsNoTracking().FirstAsync(d => d.Id == deliveryId, ct);
    }

    private static async Task<(ReportRun Run, Report Report)> FindAsync(LoopaiDbContext db, Caller caller, Guid id, CancellationToken ct)
    {
        var run = await db.ReportRuns.AsNoTracking().FirstOrDefaultAsync(r => r.Id == id, ct) ?? throw ReportErrors.RunNotFound(id);
        return (run, await db.VisibleReports(caller).AsNoTracking().FirstOrDefaultAsync(r => r.Id == run.ReportId, ct) ?? throw ReportErrors.RunNotFound(id));
    }

    /// <summary>One's own runs are for who may send reports, those of others for who manages jobs.</summary>
    private static async Task<(ReportRun Run, Report Report)> FindManagedAsync(LoopaiDbContext db, Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.ReportsRead);
        var found = await FindAsync(db, caller, id, ct);
        if (found.Run.OwnerId != caller.PersonId)
        {
            caller.Demand(Permissions.JobsManage);
        }

        return found;
    }

    private sealed record After(DateTimeOffset At, Guid Id);
}

/// <param name="Formats">As what; none where it is mailed alone.</param>
/// <param name="Recipients">To whom it goes besides.</param>
public sealed record RunRequest(IReadOnlyList<ReportFormat>? Formats = null, ReportRecipients? Recipients = null);

/// <summary>A run with what came of it.</summary>
/// <param name="Run">The run.</param>
/// <param name="Report">What its report is called.</param>
/// <param name="Files">Those for callers with the same permissions.</param>
/// <param name="HasOthers">Whether there are files for people with other permissions.</param>
/// <param name="Deliveries">Its mails.</param>
public sealed record RunDetail(ReportRun Run, string Report, IReadOnlyList<RunFile> Files, bool HasOthers, IReadOnlyList<ReportDelivery> Deliveries);

/// <summary>A file without its content.</summary>
public sealed record RunFile(Guid Id, ReportFormat Format, string Name, string ContentType, long Size, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);
