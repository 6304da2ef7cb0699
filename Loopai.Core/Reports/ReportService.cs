using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Reports.Building;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Reports;

/// <summary>Makes, changes and shows reports. Each change is a version of its own, and what was sent last month can be looked up.</summary>
public sealed class ReportService(LoopaiData data, ReportBuilder builder, TimeProvider time)
{
    public const int MaxReports = 500;

    private const string Kind = "report";

    public async Task<ReportDetail> CreateAsync(Caller caller, ReportDraft draft, CancellationToken ct)
    {
        caller.Demand(Permissions.ReportsWrite);
        await using var db = await data.OpenAsync(caller, ct);
        var definition = (draft.Definition ?? new ReportDefinition()).Cleaned();
        await CheckAsync(db, draft, definition, ct);
        if (await db.Reports.CountAsync(r => r.EnvironmentId == caller.EnvironmentId && r.DeletedAt == null, ct) >= MaxReports)
        {
            throw ReportErrors.TooMany(MaxReports);
        }

        var now = time.GetUtcNow();
        var report = new Report
        {
            Id = Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, EnvironmentId = caller.EnvironmentId, Name = draft.Name!.Trim(), Description = draft.Description?.Trim() ?? "",
            // Nobody's own report would be seen by nobody.
            IsShared = (draft.IsShared ?? false) || caller.PersonId is null, CreatedBy = caller.Name, OwnerId = caller.PersonId, CreatedAt = now, UpdatedAt = now,
        };
        db.Reports.Add(report);
        db.ReportVersions.Add(VersionOf(report, definition, caller, now));
        db.Record(caller, "report.created", Kind, report.Id, new { after = Shown(report) });
        await db.SaveChangesAsync(ct);
        return new ReportDetail(report, definition);
    }

    public async Task<ReportDetail> GetAsync(Caller caller, Guid id, int? version, CancellationToken ct)
    {
        caller.Demand(Permissions.ReportsRead);
        await using var db = await data.OpenAsync(caller, ct);
        var report = await db.FindReportAsync(caller, id, tracked: false, ct);
        return new ReportDetail(report, await db.DefinitionAsync(id, version ?? report.Version, ct));
    }

    /// <summary>The environment's reports by name, with when each was last made and is next.</summary>
    public async Task<Page<ReportEntry>> ListAsync(Caller caller, string? search, PageRequest page, CancellationToken ct)
    {
        caller.Demand(Permissions.ReportsRead);
        page = page.Validated();
        await using var db = await data.OpenAsync(caller, ct);
        var reports = db.VisibleReports(caller).AsNoTracking();
        if (!string.IsNullOrWhiteSpace(search))
        {
            var part = search.Trim().ToLowerInvariant();
            reports = reports.Where(r => r.Name.ToLower().Contains(part) || r.Description.ToLower().Contains(part));
        }

        if (Cursor.Decode<After>(page.Cursor) is { } after)
        {
            reports = reports.Where(r => r.Name.CompareTo(after.Name) > 0 || (r.Name == after.Name && r.Id.CompareTo(after.Id) > 0));
        }

        var rows = await reports.OrderBy(r => r.Name).ThenBy(r => r.Id).Take(page.Limit + 1)
            .Select(r => new ReportEntry(
                r, db.ReportRuns.Where(run => run.ReportId == r.Id).Max(run => (DateTimeOffset?)run.CreatedAt),
                db.ReportSchedules.Where(s => s.ReportId == r.Id).Min(s => s.NextDueAt), db.ReportSchedules.Count(s => s.ReportId == r.Id)))
            .ToListAsync(ct);
        var last = rows.Count > page.Limit ? rows[page.Limit - 1].Report : null;
        return new Page<ReportEntry>([.. rows.Take(page.Limit)], last is null ? null : Cursor.Encode(new After(last.Name, last.Id)));
    }

    /// <summary>Changes what is given. Another definition is another version.</summary>
    public async Task<ReportDetail> UpdateAsync(Caller caller, Guid id, ReportDraft draft, int? expectedVersion, CancellationToken ct)
    {
        caller.Demand(Permissions.ReportsWrite);
        await using var db = await data.OpenAsync(caller, ct);
        var report = await db.FindReportAsync(caller, id, tracked: true, ct);
        if (expectedVersion is { } expected && expected != report.Version)
        {
            throw ReportErrors.ChangedMeanwhile();
        }

        var old = await db.DefinitionAsync(id, report.Version, ct);
        var definition = draft.Definition?.Cleaned() ?? old;
        await CheckAsync(db, draft with { Name = draft.Name ?? report.Name }, definition, ct);
        var (before, now) = (Shown(report), time.GetUtcNow());
        report.Name = draft.Name?.Trim() ?? report.Name;
        report.Description = draft.Description?.Trim() ?? report.Description;
        report.IsShared = draft.IsShared ?? report.IsShared;
        report.Version++;
        report.UpdatedAt = now;
        db.ReportVersions.Add(VersionOf(report, definition, caller, now));
        db.Record(caller, "report.updated", Kind, id, new { before, after = Shown(report) });
        await SaveAsync(db, ct);
        return new ReportDetail(report, definition);
    }

    /// <summary>The same once more, for the caller alone.</summary>
    public async Task<ReportDetail> DuplicateAsync(Caller caller, Guid id, string? name, CancellationToken ct)
    {
        var original = await GetAsync(caller, id, null, ct);
        var free = $"{original.Report.Name} (copy)";
        return await CreateAsync(
            caller,
            new ReportDraft(string.IsNullOrWhiteSpace(name) ? free[..Math.Min(free.Length, Report.MaxNameLength)] : name, original.Report.Description, false, original.Definition), ct);
    }

    /// <summary>Puts a report away, and ends its schedules.</summary>
    public async Task DeleteAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.ReportsWrite);
        await using var db = await data.OpenAsync(caller, ct);
        var report = await db.FindReportAsync(caller, id, tracked: true, ct);
        report.DeletedAt = time.GetUtcNow();
        db.ReportSchedules.RemoveRange(await db.ReportSchedules.Where(s => s.ReportId == id).ToListAsync(ct));
        db.Record(caller, "report.deleted", Kind, id, new { before = Shown(report) });
        await SaveAsync(db, ct);
    }

    public async Task<IReadOnlyList<ReportVersion>> VersionsAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.ReportsRead);
        await using var db = await data.OpenAsync(caller, ct);
        await db.FindReportAsync(caller, id, tracked: false, ct);
        return await db.ReportVersions.AsNoTracking().Where(v => v.ReportId == id).OrderByDescending(v => v.Version).Take(200).ToListAsync(ct);
    }

    /// <summary>What a definition looks like now, to the caller.</summary>
    public async Task<ReportDocument> PreviewAsync(Caller caller, ReportDraft draft, CancellationToken ct)
    {
        caller.Demand(Permissions.ReportsRead);
        var definition = (draft.Definition ?? new ReportDefinition()).Cleaned();
        await using (var db = await data.OpenAsync(caller, ct))
        {
            await CheckAsync(db, draft, definition, ct);
        }

        return await builder.BuildAsync(caller, new ReportHeading(draft.Name!.Trim(), draft.Description?.Trim() ?? ""), definition, time.GetUtcNow(), ct);
    }

    private static async Task CheckAsync(LoopaiDbContext db, ReportDraft draft, ReportDefinition definition, CancellationToken ct)
    {
        var errors = new FieldErrors();
        ReportRules.CheckName(errors, draft.Name, draft.Description);
        ReportRules.Check(errors, definition);
        await ReportRules.CheckTasksAsync(errors, db, definition, ct);
        errors.ThrowIfAny("report.invalid", "The report cannot be like this.");
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

    private static ReportVersion VersionOf(Report report, ReportDefinition definition, Caller caller, DateTimeOffset now) => new()
    {
        ReportId = report.Id, Version = report.Version, OrganizationId = report.OrganizationId, Definition = ReportJson.Write(definition), CreatedBy = caller.Name, CreatedAt = now,
    };

    private static object Shown(Report report) => new { report.Name, report.Description, report.IsShared, report.Version };

    private sealed record After(string Name, Guid Id);
}

/// <summary>A report as somebody wants it; what is left out stays.</summary>
public sealed record ReportDraft(string? Name = null, string? Description = null, bool? IsShared = null, ReportDefinition? Definition = null);

/// <summary>A report with what stands in it.</summary>
public sealed record ReportDetail(Report Report, ReportDefinition Definition);

/// <summary>A report in a list.</summary>
public sealed record ReportEntry(Report Report, DateTimeOffset? LastRunAt, DateTimeOffset? NextDueAt, int Schedules);
