namespace Loopai.Core.Reports;

/// <summary>Reports to begin with.</summary>
/// <param name="Key">As the API names it.</param>
/// <param name="Name">What the report is called until somebody calls it something else.</param>
/// <param name="Description">Whom it is for.</param>
/// <param name="Definition">What stands in it.</param>
public sealed record ReportTemplate(string Key, string Name, string Description, ReportDefinition Definition);

public static class ReportTemplates
{
    public static readonly IReadOnlyList<ReportTemplate> All =
    [
        new(
            "weekly-quality", "Weekly quality", "Whether answers stayed right, for the people who look after tasks.",
            new ReportDefinition
            {
                Period = PeriodKind.Week,
                Sections =
                [
                    new() { Kind = SectionKind.Quality, Title = "Accuracy against its target" },
                    new() { Kind = SectionKind.Experiments },
                ],
            }),
        new(
            "access-review", "Access review", "Who may do what, and what was changed, for who has to sign for it.",
            new ReportDefinition
            {
                Period = PeriodKind.Quarter,
                CompareWith = ComparedWith.Nothing,
                Sections =
                [
                    new() { Kind = SectionKind.Text, Text = "Please check that everybody named here still needs what they hold, and say so to your administrator where they do not." },
                    new() { Kind = SectionKind.Access },
                    new() { Kind = SectionKind.Audit, Title = "Grants", Action = "grant.*" },
                    new() { Kind = SectionKind.Audit, Title = "Members", Action = "member.*" },
                ],
            }),
    ];

    public static ReportTemplate? Find(string? key) => All.FirstOrDefault(t => t.Key == key);
}
