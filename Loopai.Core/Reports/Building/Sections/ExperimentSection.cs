using Loopai.Core.Data;
using Loopai.Core.Experiments;
using Loopai.Core.Experiments.Analysis;
using Loopai.Core.Tasks;

namespace Loopai.Core.Reports.Building.Sections;

/// <summary>What the experiments of the period found so far.</summary>
public sealed class ExperimentSection(ExperimentService experiments, SnapshotService snapshots, TaskDirectory tasks, TimeProvider time) : ISectionSource
{
    public SectionKind Kind => SectionKind.Experiments;

    public string Title => "Experiments";

    public async Task<SectionContent> ReadAsync(SectionContext context, ReportSection section, CancellationToken ct)
    {
        var names = (await tasks.ListAsync(context.Caller, ct)).ToDictionary(t => t.Id, t => t.Name);
        var rows = new List<IReadOnlyList<object?>>();
        foreach (var experiment in await InPeriodAsync(context, ct))
        {
            var found = await snapshots.LatestAsync(context.Caller, experiment.Id, ct);
            var days = ((experiment.StoppedAt ?? time.GetUtcNow()) - experiment.StartedAt!.Value).TotalDays;
            rows.Add(
            [
                experiment.Name, names.GetValueOrDefault(experiment.TaskId, ""), experiment.Status.ToString().ToLowerInvariant(), Math.Round(days, 1),
                found?.Variants.Sum(v => v.Units), found?.Decision.Sentence ?? "Nothing was counted yet.",
            ]);
        }

        var title = section.Title.Length > 0 ? section.Title : Title;
        IReadOnlyList<ReportColumn> columns =
            [new("Experiment"), new("Task"), new("State"), new("Days", ValueKind.Number, IsMinor: true), new("Units", ValueKind.Number, IsMinor: true), new("What may be decided")];
        return rows.Count == 0
            ? new SectionContent(title, Kind, [], "No experiment ran.")
            : new SectionContent(title, Kind, [new TableBlock(columns, rows)]);
    }

    private async Task<List<Experiment>> InPeriodAsync(SectionContext context, CancellationToken ct)
    {
        var found = new List<Experiment>();
        string? cursor = null;
        do
        {
            var page = await experiments.ListAsync(context.Caller, new ExperimentFilter(), new PageRequest(PageRequest.MaxLimit, cursor), ct);
            found.AddRange(page.Items.Where(e => context.Covers(e.TaskId) && e.StartedAt < context.Period.To && (e.StoppedAt is null || e.StoppedAt >= context.Period.From)));
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        return found;
    }
}
