using Loopai.Core.Reports;

namespace Loopai.Portal.Pages.Reports;

/// <summary>A report while somebody writes it.</summary>
public sealed class ReportForm
{
    public string Name { get; set; } = "";

    public string Description { get; set; } = "";

    public bool IsShared { get; set; } = true;

    public PeriodKind Period { get; set; } = PeriodKind.Month;

    public DateOnly? From { get; set; }

    public DateOnly? To { get; set; }

    public ComparedWith CompareWith { get; set; } = ComparedWith.PeriodBefore;

    public string TimeZone { get; set; } = "";

    public string Language { get; set; } = "en";

    public PaperSize Paper { get; set; }

    public bool ShowLogo { get; set; } = true;

    public List<Guid> Tasks { get; private set; } = [];

    public List<SectionForm> Sections { get; private set; } = [];

    public ReportDraft ToDraft() => new(Name, Description, IsShared, new ReportDefinition
    {
        Period = Period, From = Period == PeriodKind.Custom ? From : null, To = Period == PeriodKind.Custom ? To : null, CompareWith = CompareWith,
        TimeZone = TimeZone.Trim().Length == 0 ? null : TimeZone.Trim(), Language = Language, Paper = Paper, ShowLogo = ShowLogo, Tasks = [.. Tasks],
        Sections = [.. Sections.Select(s => s.Section)],
    });

    public static ReportForm Of(ReportDetail detail) => Of(detail.Report.Name, detail.Report.Description, detail.Report.IsShared, detail.Definition);

    public static ReportForm Of(ReportTemplate template) => Of(template.Name, template.Description, true, template.Definition);

    public void Add(SectionKind kind) => Sections.Add(new SectionForm(Beginning(kind)));

    /// <summary>Moves a section up or down by one.</summary>
    public void Move(SectionForm section, int by)
    {
        var (from, to) = (Sections.IndexOf(section), Sections.IndexOf(section) + by);
        if (to >= 0 && to < Sections.Count)
        {
            (Sections[from], Sections[to]) = (Sections[to], Sections[from]);
        }
    }

    private static ReportForm Of(string name, string description, bool isShared, ReportDefinition d) => new()
    {
        Name = name, Description = description, IsShared = isShared, Period = d.Period, From = d.From, To = d.To, CompareWith = d.CompareWith, TimeZone = d.TimeZone ?? "",
        Language = d.Language, Paper = d.Paper, ShowLogo = d.ShowLogo, Tasks = [.. d.Tasks], Sections = [.. d.Sections.Select(s => new SectionForm(s))],
    };

    private static ReportSection Beginning(SectionKind kind) => kind switch
    {
        SectionKind.Headline => new() { Kind = kind, Title = "At a glance", Metrics = ["executions", "accuracy", "errorRate", "latencyP95Ms"] },
        SectionKind.Series => new() { Kind = kind, Title = "Executions over time", Metrics = ["executions"] },
        SectionKind.Table => new() { Kind = kind, Title = "Tasks", Metrics = ["executions", "accuracy", "errorRate"], Dimension = "task" },
        SectionKind.Text => new() { Kind = kind, Text = "What to know **before** the figures." },
        _ => new() { Kind = kind },
    };
}

/// <summary>A section while somebody writes it.</summary>
public sealed class SectionForm(ReportSection section)
{
    public Guid Key { get; } = Guid.NewGuid();

    public ReportSection Section { get; set; } = section;
}
