using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Tasks;
using Loopai.Core.Validation;

namespace Loopai.Core.Reports.Building.Sections;

/// <summary>How right the version in service of each task was, against what its task wants.</summary>
public sealed class QualitySection(TaskService tasks, QualityService quality) : ISectionSource
{
    public SectionKind Kind => SectionKind.Quality;

    public string Title => "Quality";

    public async Task<SectionContent> ReadAsync(SectionContext context, ReportSection section, CancellationToken ct)
    {
        var rows = new List<IReadOnlyList<object?>>();
        foreach (var task in await TasksAsync(context, ct))
        {
            var now = await OfAsync(context, task, context.Period, ct);
            var before = context.Before is { } earlier ? (await OfAsync(context, task, earlier, ct))?.Accuracy : null;
            rows.Add(
            [
                task.Name, $"v{task.ActiveVersion}", now?.Validated ?? 0, now?.Accuracy?.Value, now?.Accuracy?.Low, now?.Accuracy?.High, task.AccuracyTarget,
                before?.Value, Verdict(now?.Accuracy, task.AccuracyTarget),
            ]);
        }

        var title = section.Title.Length > 0 ? section.Title : Title;
        if (rows.Count == 0)
        {
            return new SectionContent(title, Kind, [], "No task has a version in service.");
        }

        IReadOnlyList<ReportColumn> columns =
        [
            new("Task"), new("Version"), new("Checked", ValueKind.Number), new("Accuracy", ValueKind.Share), new("At least", ValueKind.Share), new("At most", ValueKind.Share),
            new("Target", ValueKind.Share), new("Before", ValueKind.Share), new("Verdict"),
        ];
        return new SectionContent(title, Kind, [new TableBlock(columns, rows)], "Estimates from checked executions; the accuracy lies between the bounds with 95 % confidence.");
    }

    private async Task<List<TaskDefinition>> TasksAsync(SectionContext context, CancellationToken ct)
    {
        var found = new List<TaskDefinition>();
        string? cursor = null;
        do
        {
            var page = await tasks.ListAsync(context.Caller, new TaskFilter(Status: Tasks.TaskStatus.Active), new PageRequest(PageRequest.MaxLimit, cursor), ct);
            found.AddRange(page.Items.Where(t => t.ActiveVersion is not null && context.Covers(t.Id) && context.Caller.May(Permissions.ValidationsRead, t.Id)));
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        return found;
    }

    private async Task<VersionQuality?> OfAsync(SectionContext context, TaskDefinition task, ReportPeriod period, CancellationToken ct) =>
        (await quality.GetAsync(context.Caller, task.Id, new QualityWindow(period.From, period.To), ct)).Versions.FirstOrDefault(v => v.Version == task.ActiveVersion);

    private static string Verdict(Estimate? accuracy, double? target) => (accuracy, target) switch
    {
        (null, _) => "not checked",
        (_, null) => "no target",
        ({ } of, { } wanted) when of.Low >= wanted => "meets its target",
        ({ } of, { } wanted) when of.High < wanted => "below its target",
        _ => "not sure yet",
    };
}
