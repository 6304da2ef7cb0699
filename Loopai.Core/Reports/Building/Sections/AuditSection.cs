using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;

namespace Loopai.Core.Reports.Building.Sections;

/// <summary>What was done in the period, the newest first.</summary>
public sealed class AuditSection(AuditQueries audit) : ISectionSource
{
    /// <summary>More is a job for the log's own export.</summary>
    public const int MaxRows = 1000;

    public SectionKind Kind => SectionKind.Audit;

    public string Title => "Audit log";

    public async Task<SectionContent> ReadAsync(SectionContext context, ReportSection section, CancellationToken ct)
    {
        var filter = new AuditFilter { Action = section.Action, From = context.Period.From, To = context.Period.To };
        var rows = new List<IReadOnlyList<object?>>();
        string? cursor = null;
        do
        {
            var page = await audit.ListAsync(context.Caller, filter, AuditSort.Newest, new PageRequest(PageRequest.MaxLimit, cursor), ct);
            rows.AddRange(page.Items.Select(r => (IReadOnlyList<object?>)[r.Event.At, r.Event.Action, r.Event.ActorName, r.Event.ObjectName ?? r.Event.ObjectKind, Words(r.Event.Result)]));
            cursor = page.NextCursor;
        }
        while (cursor is not null && rows.Count < MaxRows);

        var title = section.Title.Length > 0 ? section.Title : Title;
        return rows.Count == 0
            ? new SectionContent(title, Kind, [], "Nothing of this kind happened.")
            : new SectionContent(
                title, Kind,
                [new TableBlock([new("When", ValueKind.Time), new("Action"), new("By"), new("On"), new("Result")], [.. rows.Take(MaxRows)])],
                cursor is null && rows.Count <= MaxRows ? null : $"The newest {MaxRows} events; the audit log has the others.");
    }

    private static string Words(AuditResult result) => result switch { AuditResult.Success => "done", AuditResult.Refused => "refused", AuditResult.Failed => "failed" };
}
