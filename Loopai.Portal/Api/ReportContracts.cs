using Loopai.Core.Errors;
using Loopai.Core.Reports;
using Loopai.Core.Reports.Building;

namespace Loopai.Portal.Api;

/// <summary>What is asked of a report; what is left out stays, or is the template's.</summary>
public sealed record ReportRequest
{
    public string? Name { get; init; }

    public string? Description { get; init; }

    /// <summary>Whether everybody who may read reports sees it.</summary>
    public bool? IsShared { get; init; }

    /// <summary>A template's key, for what is not said here.</summary>
    public string? Template { get; init; }

    public ReportDefinition? Definition { get; init; }

    public ReportDraft ToDraft()
    {
        var template = Template is null ? null : ReportTemplates.Find(Template)
            ?? throw new InvalidException("report.template", "template", $"template is one of {string.Join(", ", ReportTemplates.All.Select(t => t.Key))}.");
        return new ReportDraft(Name ?? template?.Name, Description ?? template?.Description, IsShared, Definition ?? template?.Definition);
    }
}

/// <summary>How the copy is called.</summary>
public sealed record DuplicateRequest
{
    public string? Name { get; init; }
}

/// <summary>A report as the API shows it.</summary>
public sealed record ReportResponse(
    Guid Id, string Name, string Description, bool IsShared, int Version, ReportDefinition Definition, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static ReportResponse Of(ReportDetail d) => new(
        d.Report.Id, d.Report.Name, d.Report.Description, d.Report.IsShared, d.Report.Version, d.Definition, d.Report.CreatedBy, d.Report.CreatedAt, d.Report.UpdatedAt);
}

/// <summary>A report in a list.</summary>
public sealed record ReportEntryResponse(
    Guid Id, string Name, string Description, bool IsShared, int Version, int Schedules, DateTimeOffset? LastRunAt, DateTimeOffset? NextDueAt, string CreatedBy,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static ReportEntryResponse Of(ReportEntry e) => new(
        e.Report.Id, e.Report.Name, e.Report.Description, e.Report.IsShared, e.Report.Version, e.Schedules, e.LastRunAt, e.NextDueAt, e.Report.CreatedBy, e.Report.CreatedAt,
        e.Report.UpdatedAt);
}

public sealed record ReportVersionResponse(int Version, string CreatedBy, DateTimeOffset CreatedAt);

/// <summary>The last 200 versions, in one window.</summary>
public sealed record ReportVersionList(IReadOnlyList<ReportVersionResponse> Items, string? NextCursor);

/// <summary>All templates, in one window.</summary>
public sealed record ReportTemplateList(IReadOnlyList<ReportTemplate> Items, string? NextCursor);

/// <summary>A report's figures as tables; a chart's values stand in one too.</summary>
public sealed record ReportPreviewResponse(DateOnly From, DateOnly To, string TimeZone, IReadOnlyList<PreviewSection> Sections)
{
    public static ReportPreviewResponse Of(ReportDocument d)
    {
        var sheets = ReportSheets.Of(d);
        return new ReportPreviewResponse(
            d.Period.First, d.Period.Last, d.Zone.Id,
            [
                .. d.Sections.Select((s, index) => new PreviewSection(
                    s.Title, s.Kind, s.Note, [.. sheets.Where(sheet => sheet.Section == index).Select(sheet => new PreviewTable(sheet.Columns, [.. sheet.Rows.Select(Plain)]))])),
            ]);
    }

    private static IReadOnlyList<object?> Plain(IReadOnlyList<object?> row) => [.. row.Select(cell => cell is ReportCell typed ? typed.Value : cell)];
}

public sealed record PreviewSection(string Title, SectionKind Kind, string? Note, IReadOnlyList<PreviewTable> Tables);

public sealed record PreviewTable(IReadOnlyList<ReportColumn> Columns, IReadOnlyList<IReadOnlyList<object?>> Rows);
