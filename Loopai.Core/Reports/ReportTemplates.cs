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
            "executive-monthly", "Executive monthly", "What was done in a month, how well, for how much, and what it saved.",
            new ReportDefinition
            {
                Period = PeriodKind.Month,
                Sections =
                [
                    new() { Kind = SectionKind.Headline, Title = "At a glance", Metrics = ["executions", "accuracy", "errorRate", "latencyP95Ms"] },
                    new() { Kind = SectionKind.Costs },
                    new() { Kind = SectionKind.Series, Title = "Executions by task", Metrics = ["executions"], Dimension = "task", Top = 5 },
                    new() { Kind = SectionKind.Table, Title = "Tasks", Metrics = ["executions", "accuracy", "errorRate", "latencyP95Ms"], Dimension = "task" },
                    new() { Kind = SectionKind.Budgets },
                    new() { Kind = SectionKind.Experiments },
                ],
            }),
        new(
            "weekly-quality", "Weekly quality", "Whether answers stayed right, for the people who look after tasks.",
            new ReportDefinition
            {
                Period = PeriodKind.Week,
                Sections =
                [
                    new() { Kind = SectionKind.Headline, Title = "At a glance", Metrics = ["accuracy", "validated", "errorRate", "latencyP95Ms"] },
                    new() { Kind = SectionKind.Quality, Title = "Accuracy against its target" },
                    new() { Kind = SectionKind.Series, Title = "Accuracy by day", Metrics = ["accuracy"] },
                    new() { Kind = SectionKind.Series, Title = "Errors by day", Metrics = ["errors"], Dimension = "task", Top = 5 },
                    new() { Kind = SectionKind.Experiments },
                ],
            }),
        new(
            "cost-and-savings", "Cost and savings", "What answers cost, what they saved against language models, and who caused them, for whoever pays.",
            new ReportDefinition
            {
                Period = PeriodKind.Month,
                Sections =
                [
                    new() { Kind = SectionKind.Costs },
                    new() { Kind = SectionKind.Budgets },
                    new() { Kind = SectionKind.Series, Title = "Executions of this environment: cost by task", Metrics = ["cost"], Dimension = "task", Top = 5 },
                    new() { Kind = SectionKind.Table, Title = "Executions of this environment: by API key", Metrics = ["cost", "executions"], Dimension = "key", Top = 25 },
                    new() { Kind = SectionKind.Table, Title = "Executions of this environment: by team", Metrics = ["cost", "executions"], Dimension = "team", Top = 25 },
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
