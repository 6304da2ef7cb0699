using System.Data.Common;
using Loopai.Core.Access;
using Loopai.Core.Configuration;
using Loopai.Core.Costs.Ledger;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Reports.Building;
using Loopai.Core.Reports.Delivery;
using Loopai.Core.Reports.Scheduling;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Reports.Running;

/// <summary>
/// Makes the files of runs that are due: for each set of permissions among the owner and the recipients once. A file that an interrupted attempt left is not made
/// again, and what is owed to recipients is written in the transaction that ends the run, so that it is owed once.
/// </summary>
public sealed class ReportRunner(
    LoopaiData data, ReportActors actors, ReportBuilder builder, IEnumerable<IReportWriter> writers, ReportNotices notices, ReportsSettings settings, TimeProvider time,
    ILogger<ReportRunner> log)
{
    private const int BytesAMegabyte = 1 << 20;

    private readonly Dictionary<ReportFormat, IReportWriter> _writers = writers.ToDictionary(w => w.Format);

    /// <summary>How long to wait after so many failures: 30 seconds, 2, 8 and 32 minutes.</summary>
    public static TimeSpan WaitAfter(int attempts) => TimeSpan.FromSeconds(30 * Math.Pow(4, Math.Clamp(attempts, 1, 6) - 1));

    /// <summary>Works on the run that has waited longest; false when none is due.</summary>
    public async Task<bool> RunNextAsync(CancellationToken ct)
    {
        if (await FindDueAsync(ct) is not { } run)
        {
            return false;
        }

        var lease = new RunLease(data, run, time);
        if (!await lease.TakeAsync(ct))
        {
            return true;
        }

        if (run.Attempts > ReportRun.MaxAttempts)
        {
            await DieAsync(lease, "The portal ended again and again while it worked on this.", ct);
            return true;
        }

        await TryAsync(lease, ct);

        return true;
    }

    /// <summary>Of a schedule only the oldest run that is not over: one at a time, and in their order.</summary>
    private async Task<ReportRun?> FindDueAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        return await db.ReportRuns.AsNoTracking()
            .Where(r => r.NextAttemptAt <= now
                && !db.ReportRuns.Any(o => r.ScheduleId != null && o.ScheduleId == r.ScheduleId && o.DueAt < r.DueAt && (o.Status == RunStatus.Waiting || o.Status == RunStatus.Running)))
            .OrderBy(r => r.NextAttemptAt).FirstOrDefaultAsync(ct);
    }

    private async Task TryAsync(RunLease lease, CancellationToken ct)
    {
        try
        {
            await RunAsync(lease, ct);
        }
        catch (LostRunException)
        {
            log.LogInformation("The report run {Run} is no longer this portal's", lease.Run.Id);
        }
        catch (LoopaiException e) when (e is not UnavailableException)
        {
            // It would fail the same way tomorrow.
            lease.Note($"Failed for good: {e.Message}");
            await DieAsync(lease, e.Message, ct);
        }
        catch (Exception e) when (e is UnavailableException or DbException or DbUpdateException or IOException or TimeoutException or InvalidOperationException)
        {
            log.LogWarning(e, "The report run {Run} failed", lease.Run.Id);
            lease.Run.Attempts++;
            var over = lease.Run.Attempts >= ReportRun.MaxAttempts;
            var why = e is UnavailableException ? e.Message : "Something failed on our side.";
            lease.Note(over ? $"Failed for good: {why}" : $"Failed, and is tried again: {why}");
            if (over)
            {
                await DieAsync(lease, why, ct);
                return;
            }

            await lease.EndAsync(RunStatus.Waiting, why, time.GetUtcNow() + WaitAfter(lease.Run.Attempts), ct);
        }
    }

    private async Task DieAsync(RunLease lease, string why, CancellationToken ct)
    {
        if (await lease.EndAsync(RunStatus.Dead, why, null, ct))
        {
            await notices.TellFailedAsync(lease.Run, ct);
        }
    }

    private async Task RunAsync(RunLease lease, CancellationToken ct)
    {
        var (run, began) = (lease.Run, time.GetTimestamp());
        var (report, definition) = await ReadAsync(run, ct);
        var owner = await actors.OwnerAsync(run.OrganizationId, report.EnvironmentId, run.OwnerId, run.KeyId, ct) ?? throw RunErrors.OwnerGone(run.RequestedBy);
        var readers = await actors.ReadersAsync(owner, ReportJson.Read<ReportRecipients>(run.Recipients), ct);
        var audiences = readers.Select(r => r.Caller).Prepend(owner).DistinctBy(c => c.Audience()).ToList();
        var formats = Possible(lease, readers.Count > 0);
        foreach (var (index, caller) in audiences.Index())
        {
            await MakeAsync(lease, new Making(report, definition, caller, formats, index, audiences.Count), ct);
        }

        lease.Note(readers.Count == 0 ? "Done." : $"Done; {readers.Count} mails are on their way.");
        await EndAsync(lease, report, readers, CostCharge.OfReport(run, report.EnvironmentId, time.GetElapsedTime(began), time.GetUtcNow()), ct);
    }

    /// <summary>What this machine can write of what was asked for.</summary>
    private List<ReportFormat> Possible(RunLease lease, bool withMail)
    {
        var wanted = ReportFormats.Read(lease.Run.Formats);
        foreach (var format in wanted.Where(f => _writers[f].Missing is not null))
        {
            lease.Note($"No {format.ToString().ToUpperInvariant()}: {_writers[format].Missing}");
        }

        List<ReportFormat> possible = [.. wanted.Where(f => _writers[f].Missing is null)];
        return possible.Count == 0 && wanted.Count > 0
            ? throw RunErrors.Missing(_writers[wanted[0]].Missing!)
            : withMail ? [.. possible, ReportFormat.Html] : possible;
    }

    private async Task MakeAsync(RunLease lease, Making making, CancellationToken ct)
    {
        var audience = making.Caller.Audience();
        var there = await FormatsThereAsync(lease.Run, audience, ct);
        if (making.Formats.All(there.Contains))
        {
            return;
        }

        var whose = making.Audiences > 1 ? $" ({making.Index + 1} of {making.Audiences} sets of permissions)" : "";
        await lease.StepAsync($"Reading the figures{whose}", making.Share(0), ct);
        var document = await builder.BuildAsync(making.Caller, new ReportHeading(making.Report.Name, making.Report.Description), making.Definition, lease.Run.DueAt, ct);
        foreach (var (index, format) in making.Formats.Where(f => !there.Contains(f)).Index())
        {
            await lease.StepAsync($"Writing {Words(format)}{whose}", making.Share(index + 1), ct);
            await KeepAsync(lease.Run, audience, format, document, ct);
        }
    }

    private async Task KeepAsync(ReportRun run, string audience, ReportFormat format, ReportDocument document, CancellationToken ct)
    {
        var written = await _writers[format].WriteAsync(document, ct);
        if (written.Content.Length > settings.MaxFileMb * (long)BytesAMegabyte)
        {
            throw RunErrors.TooLarge(format, settings.MaxFileMb);
        }

        var now = time.GetUtcNow();
        await using var db = await data.OpenAsync(Caller.System(run.OrganizationId), ct);
        db.ReportFiles.Add(new ReportFile
        {
            Id = Guid.CreateVersion7(), OrganizationId = run.OrganizationId, RunId = run.Id, Audience = audience, Format = format,
            Name = $"{FileName(document.Title)} {document.Period.FileWords()}{written.Extension}", ContentType = written.ContentType, Size = written.Content.Length,
            Content = written.Content, CreatedAt = now, ExpiresAt = now.AddDays(settings.FileRetentionDays),
        });
        await db.SaveChangesAsync(ct);
    }

    /// <summary>The run's end, what it costs and what it owes, in one transaction; nothing where the run is no longer ours.</summary>
    private async Task EndAsync(RunLease lease, Report report, IReadOnlyList<Reader> readers, CostCharge charge, CancellationToken ct)
    {
        var (run, now) = (lease.Run, time.GetUtcNow());
        await using var db = await data.OpenAsync(Caller.System(run.OrganizationId), ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var held = run.NextAttemptAt;
        var ended = await db.ReportRuns.Where(r => r.Id == run.Id && r.Status == RunStatus.Running && r.NextAttemptAt == held).ExecuteUpdateAsync(
            set => set.SetProperty(r => r.Status, RunStatus.Succeeded).SetProperty(r => r.NextAttemptAt, (DateTimeOffset?)null).SetProperty(r => r.Progress, 1)
                .SetProperty(r => r.Stage, "").SetProperty(r => r.Error, (string?)null).SetProperty(r => r.Log, run.Log).SetProperty(r => r.FinishedAt, now),
            ct);
        if (ended == 0)
        {
            throw new LostRunException();
        }

        await db.ChargeAsync(run.OrganizationId, [charge], now, ct);
        var optedOut = (await db.ReportOptOuts.Where(o => o.ReportId == run.ReportId).Select(o => o.Address).ToListAsync(ct)).ToHashSet(StringComparer.Ordinal);
        db.ReportDeliveries.AddRange(readers.Select(reader => new ReportDelivery
        {
            Id = Guid.CreateVersion7(), OrganizationId = run.OrganizationId, RunId = run.Id, Address = reader.Address, Name = reader.Name, Audience = reader.Caller.Audience(),
            Status = optedOut.Contains(reader.Address) ? DeliveryStatus.OptedOut : DeliveryStatus.Waiting, NextAttemptAt = optedOut.Contains(reader.Address) ? null : now, CreatedAt = now,
        }));
        db.ReportDelivered(run, report, readers.Count(r => !optedOut.Contains(r.Address)), now.AddDays(settings.FileRetentionDays));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    private async Task<(Report Report, ReportDefinition Definition)> ReadAsync(ReportRun run, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.System(run.OrganizationId), ct);
        var report = await db.Reports.AsNoTracking().FirstOrDefaultAsync(r => r.Id == run.ReportId && r.DeletedAt == null, ct) ?? throw ReportErrors.NotFound(run.ReportId);
        return (report, await db.DefinitionAsync(report.Id, run.Version, ct));
    }

    private async Task<HashSet<ReportFormat>> FormatsThereAsync(ReportRun run, string audience, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.System(run.OrganizationId), ct);
        return [.. await db.ReportFiles.Where(f => f.RunId == run.Id && f.Audience == audience).Select(f => f.Format).ToListAsync(ct)];
    }

    private static string FileName(string title)
    {
        var clean = string.Concat(title.Select(c => char.IsLetterOrDigit(c) || c is '-' or '_' or ' ' ? c : '-')).Trim();
        return clean.Length == 0 ? "Report" : clean[..Math.Min(clean.Length, 100)];
    }

    private static string Words(ReportFormat format) => format switch
    {
        ReportFormat.Pdf => "the PDF", ReportFormat.Xlsx => "the spreadsheet", ReportFormat.Csv => "the tables as CSV", ReportFormat.Html => "the mail",
    };

    private sealed record Making(Report Report, ReportDefinition Definition, Caller Caller, List<ReportFormat> Formats, int Index, int Audiences)
    {
        /// <summary>How far the run is after so many steps of this audience.</summary>
        public double Share(int step) => (Index + ((double)step / (Formats.Count + 1))) / Audiences;
    }
}

internal static class RunErrors
{
    public static ForbiddenException OwnerGone(string name) => new(
        Permissions.ReportsSend, $"{name}, who stands behind this, is no active member any more, or the key that was used is gone. Save the schedule again to stand behind it yourself.");

    public static ConflictException Missing(string how) => new("report.format_missing", how);

    public static LimitExceededException TooLarge(ReportFormat format, int megabytes) => new(
        "report.file_too_large", $"The {format.ToString().ToUpperInvariant()} file is larger than {megabytes} MB. Let the report look over less, or raise Reports:MaxFileMb.");
}
