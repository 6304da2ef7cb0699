using System.Net.Mail;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Reports.Running;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Reports.Scheduling;

/// <summary>When reports are made by themselves, and to whom they go. Whoever saves a schedule stands behind what it shows to addresses outside.</summary>
public sealed class ScheduleService(LoopaiData data, TimeProvider time)
{
    private const string Kind = "report_schedule";

    public async Task<IReadOnlyList<ReportSchedule>> ListAsync(Caller caller, Guid reportId, CancellationToken ct)
    {
        caller.Demand(Permissions.ReportsRead);
        await using var db = await data.OpenAsync(caller, ct);
        await db.FindReportAsync(caller, reportId, tracked: false, ct);
        return await db.ReportSchedules.AsNoTracking().Where(s => s.ReportId == reportId).OrderBy(s => s.CreatedAt).ThenBy(s => s.Id).ToListAsync(ct);
    }

    public async Task<ReportSchedule> CreateAsync(Caller caller, Guid reportId, ScheduleDraft draft, CancellationToken ct)
    {
        caller.Demand(Permissions.ReportsSend);
        await using var db = await data.OpenAsync(caller, ct);
        await db.FindReportAsync(caller, reportId, tracked: false, ct);
        var zone = draft.TimeZone ?? await db.Organizations.Select(o => o.TimeZone).FirstAsync(ct);
        var (cron, recipients) = await CheckAsync(db, caller, draft with { TimeZone = zone }, ct);
        if (await db.ReportSchedules.CountAsync(s => s.ReportId == reportId, ct) >= ReportSchedule.MaxPerReport)
        {
            throw ReportErrors.TooManySchedules(ReportSchedule.MaxPerReport);
        }

        var now = time.GetUtcNow();
        var schedule = new ReportSchedule
        {
            Id = Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, ReportId = reportId, Cron = cron.Text, TimeZone = zone, Formats = ReportFormats.Write(draft.Formats ?? []),
            Recipients = ReportJson.Write(recipients), CatchUp = draft.CatchUp ?? CatchUp.Latest, IsPaused = draft.IsPaused ?? false, CreatedBy = caller.Name,
            OwnerId = caller.PersonId!.Value, KeyId = caller.Kind == CallerKind.ApiKey ? caller.Id : null, CreatedAt = now,
        };
        schedule.NextDueAt = NextOf(schedule, now);
        db.ReportSchedules.Add(schedule);
        db.Record(caller, "report_schedule.created", Kind, schedule.Id, new { after = Shown(schedule), reportId });
        await db.SaveChangesAsync(ct);
        return schedule;
    }

    /// <summary>Changes what is given. The caller stands behind it from then on.</summary>
    public async Task<ReportSchedule> UpdateAsync(Caller caller, Guid reportId, Guid id, ScheduleDraft draft, CancellationToken ct)
    {
        caller.Demand(Permissions.ReportsSend);
        await using var db = await data.OpenAsync(caller, ct);
        var schedule = await FindAsync(db, caller, reportId, id, ct);
        var whole = new ScheduleDraft(
            draft.Cron ?? schedule.Cron, draft.TimeZone ?? schedule.TimeZone, draft.Formats ?? ReportFormats.Read(schedule.Formats),
            draft.Recipients ?? ReportJson.Read<ReportRecipients>(schedule.Recipients), draft.CatchUp ?? schedule.CatchUp, draft.IsPaused ?? schedule.IsPaused);
        var (cron, recipients) = await CheckAsync(db, caller, whole, ct);
        var before = Shown(schedule);
        (schedule.Cron, schedule.TimeZone, schedule.Formats, schedule.Recipients) = (cron.Text, whole.TimeZone!, ReportFormats.Write(whole.Formats!), ReportJson.Write(recipients));
        (schedule.CatchUp, schedule.IsPaused, schedule.CreatedBy) = (whole.CatchUp!.Value, whole.IsPaused!.Value, caller.Name);
        (schedule.OwnerId, schedule.KeyId) = (caller.PersonId!.Value, caller.Kind == CallerKind.ApiKey ? caller.Id : null);
        schedule.NextDueAt = NextOf(schedule, time.GetUtcNow());
        schedule.Revision++;
        db.Record(caller, "report_schedule.updated", Kind, id, new { before, after = Shown(schedule), reportId });
        await SaveAsync(db, ct);
        return schedule;
    }

    /// <summary>Keeps a schedule from running, or lets it run again from now on. Who may manage jobs may do it to any.</summary>
    public async Task<ReportSchedule> PauseAsync(Caller caller, Guid reportId, Guid id, bool paused, CancellationToken ct)
    {
        caller.Demand(caller.May(Permissions.JobsManage) ? Permissions.JobsManage : Permissions.ReportsSend);
        await using var db = await data.OpenAsync(caller, ct);
        var schedule = await FindAsync(db, caller, reportId, id, ct);
        if (schedule.IsPaused != paused)
        {
            schedule.IsPaused = paused;
            schedule.NextDueAt = NextOf(schedule, time.GetUtcNow());
            schedule.Revision++;
            db.Record(caller, paused ? "report_schedule.paused" : "report_schedule.resumed", Kind, id, new { reportId });
            await SaveAsync(db, ct);
        }

        return schedule;
    }

    public async Task DeleteAsync(Caller caller, Guid reportId, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.ReportsSend);
        await using var db = await data.OpenAsync(caller, ct);
        var schedule = await FindAsync(db, caller, reportId, id, ct);
        db.ReportSchedules.Remove(schedule);
        db.Record(caller, "report_schedule.deleted", Kind, id, new { before = Shown(schedule), reportId });
        await SaveAsync(db, ct);
    }

    /// <summary>When a text would run next, for who is still writing it.</summary>
    public IReadOnlyList<DateTimeOffset> Preview(Caller caller, string? cron, string? timeZone, int count)
    {
        caller.Demand(Permissions.ReportsRead);
        var errors = new FieldErrors();
        errors.AddIf(!CronSchedule.TryParse(cron, out var schedule, out var wrong), "cron", wrong);
        errors.AddIf(!TimeZoneInfo.TryFindSystemTimeZoneById(timeZone ?? "UTC", out var zone), "timeZone", "Give an IANA name such as Europe/Berlin.");
        errors.ThrowIfAny("report_schedule.invalid", "The schedule cannot be like this.");
        return schedule.Next(time.GetUtcNow(), zone!, Math.Clamp(count, 1, 20));
    }

    internal static DateTimeOffset? NextOf(ReportSchedule schedule, DateTimeOffset after) =>
        schedule.IsPaused ? null : CronSchedule.Parse(schedule.Cron).Next(after, TimeZoneInfo.FindSystemTimeZoneById(schedule.TimeZone));

    internal static async Task<ReportRecipients> CheckAsync(FieldErrors errors, LoopaiDbContext db, ReportRecipients recipients, CancellationToken ct)
    {
        var addresses = recipients.Addresses.Select(a => a.Trim()).Where(a => a.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var domains = (await db.Organizations.Select(o => o.AllowedEmailDomains).FirstAsync(ct)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        errors.AddIf(addresses.Count > ReportRecipients.MaxAddresses, "recipients", $"At most {ReportRecipients.MaxAddresses} addresses; make a team for more.");
        foreach (var address in addresses)
        {
            var known = MailAddress.TryCreate(address, out var parsed) && parsed.Address.Equals(address, StringComparison.OrdinalIgnoreCase) && address.Length <= 256;
            errors.AddIf(!known, "recipients", $"'{address}' is no e-mail address.")
                .AddIf(known && domains.Length > 0 && !domains.Contains(parsed!.Host, StringComparer.OrdinalIgnoreCase), "recipients", $"'{address}' lies outside of the organization's e-mail domains.");
        }

        var (people, teams, roles) = (recipients.People.Distinct().ToList(), recipients.Teams.Distinct().ToList(), recipients.Roles.Distinct(StringComparer.Ordinal).ToList());
        var knownRoles = (await db.CustomRoles.Select(r => r.Id).ToListAsync(ct)).Select(id => id.ToString()).Concat(BuiltInRoles.All.Select(r => r.Id)).ToHashSet(StringComparer.Ordinal);
        errors.AddIf(await db.Memberships.CountAsync(m => people.Contains(m.UserId), ct) < people.Count, "recipients", "One of these people is no member.")
            .AddIf(await db.Teams.CountAsync(t => teams.Contains(t.Id), ct) < teams.Count, "recipients", "One of these teams does not exist.")
            .AddIf(!roles.TrueForAll(knownRoles.Contains), "recipients", "One of these roles does not exist.");
        return new ReportRecipients { Addresses = addresses, People = people, Teams = teams, Roles = roles };
    }

    internal static void CheckFormats(FieldErrors errors, IReadOnlyList<ReportFormat>? formats, bool isMailed) => errors
        .AddIf(formats?.Except(ReportFormats.Files).Any() == true, "formats", "Formats are pdf, xlsx and csv.")
        .AddIf(!isMailed && formats is null or [], "formats", "Choose a format, or somebody to send it to.");

    private static async Task<(CronSchedule Cron, ReportRecipients Recipients)> CheckAsync(LoopaiDbContext db, Caller caller, ScheduleDraft draft, CancellationToken ct)
    {
        var errors = new FieldErrors();
        errors.AddIf(!CronSchedule.TryParse(draft.Cron, out var cron, out var wrong), "cron", wrong)
            .AddIf(!TimeZoneInfo.TryFindSystemTimeZoneById(draft.TimeZone!, out _), "timeZone", "Give an IANA name such as Europe/Berlin.")
            .AddIf(caller.PersonId is null, "owner", "Somebody has to stand behind a schedule: use the portal, or a key that belongs to a person.");
        var recipients = await CheckAsync(errors, db, draft.Recipients?.Cleaned() ?? new ReportRecipients(), ct);
        CheckFormats(errors, draft.Formats, isMailed: !recipients.IsEmpty);
        errors.ThrowIfAny("report_schedule.invalid", "The schedule cannot be like this.");
        return (cron, recipients);
    }

    private static async Task<ReportSchedule> FindAsync(LoopaiDbContext db, Caller caller, Guid reportId, Guid id, CancellationToken ct)
    {
        await db.FindReportAsync(caller, reportId, tracked: false, ct);
        return await db.ReportSchedules.FirstOrDefaultAsync(s => s.Id == id && s.ReportId == reportId, ct) ?? throw ReportErrors.ScheduleNotFound(id);
    }

    private static async Task SaveAsync(LoopaiDbContext db, CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw ReportErrors.ChangedMeanwhile();
        }
    }

    private static object Shown(ReportSchedule s) => new { s.Cron, s.TimeZone, s.Formats, s.Recipients, s.CatchUp, s.IsPaused };
}

/// <summary>A schedule as somebody wants it; what is left out stays.</summary>
public sealed record ScheduleDraft(
    string? Cron = null, string? TimeZone = null, IReadOnlyList<ReportFormat>? Formats = null, ReportRecipients? Recipients = null, CatchUp? CatchUp = null, bool? IsPaused = null);
