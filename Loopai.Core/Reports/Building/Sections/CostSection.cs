using Loopai.Core.Costs;
using Loopai.Core.Costs.Ledger;

namespace Loopai.Core.Reports.Building.Sections;

/// <summary>What the period cost, and what the same would have cost as calls to language models: the organization's ledger, over all environments.</summary>
public sealed class CostSection(CostService costs) : ISectionSource
{
    public SectionKind Kind => SectionKind.Costs;

    public string Title => "Cost and savings";

    public async Task<SectionContent> ReadAsync(SectionContext context, ReportSection section, CancellationToken ct)
    {
        var now = await OfAsync(context, context.Period, ct);
        var before = context.Before is { } earlier ? await OfAsync(context, earlier, ct) : null;
        var title = section.Title.Length > 0 ? section.Title : Title;
        if (now.ByTask.Count == 0)
        {
            return new SectionContent(title, Kind, [], "Nothing was charged in this time.");
        }

        List<ReportBlock> blocks = [Figures(now, before), Chart(context, now), ByTask(now)];
        if (now.ByKind.Count > 1)
        {
            blocks.Add(ByKind(now));
        }

        return new SectionContent(title, Kind, blocks, Note(now));
    }

    private Task<CostSummary> OfAsync(SectionContext context, ReportPeriod period, CancellationToken ct) =>
        costs.SummaryAsync(context.Caller, new CostRange(period.First, period.Last, context.Definition.Tasks.Count == 0 ? null : context.Definition.Tasks), ct);

    private static FiguresBlock Figures(CostSummary now, CostSummary? before)
    {
        // A period before the first charge has nothing to say, not even zero.
        var known = before is { ByTask.Count: > 0 } ? before : null;
        List<ReportFigure> figures = [new("Spent", (double)now.Spent, ValueKind.Money, (double?)known?.Spent, MoreIsBetter: false)];
        if (now.WouldHaveCost is not null)
        {
            figures.Add(new("As calls to language models", (double?)now.WouldHaveCost, ValueKind.Money, (double?)known?.WouldHaveCost));
            figures.Add(new("Saved", (double?)now.Saved, ValueKind.Money, (double?)known?.Saved, MoreIsBetter: true));
        }

        figures.Add(new("A thousand right answers", (double?)Thousand(now.PerCorrect), ValueKind.Money, (double?)Thousand(known?.PerCorrect), MoreIsBetter: false));
        if (now.Unpriced > 0)
        {
            figures.Add(new("Charges without a price", now.Unpriced, ValueKind.Number, known?.Unpriced, MoreIsBetter: false));
        }

        return new FiguresBlock(figures);
    }

    private static ChartBlock Chart(SectionContext context, CostSummary now)
    {
        List<ChartLine> lines = [new("Spent", [.. now.Days.Select(d => (double?)d.Spent)])];
        if (now.WouldHaveCost is not null)
        {
            lines.Add(new("As calls to language models", [.. now.Days.Select(d => (double?)d.WouldHaveCost)]));
        }

        return new ChartBlock("Cost by day", ValueKind.Money, [.. now.Days.Select(d => ReportPeriod.StartOf(d.Day, context.Zone))], lines, IsStacked: false);
    }

    private static TableBlock ByTask(CostSummary now)
    {
        List<IReadOnlyList<object?>> rows =
            [.. now.ByTask.Select(t => (IReadOnlyList<object?>)[t.Name, t.Amount, t.Executions, t.PerThousand, t.Reference, t.WouldHaveCost, t.Saved, t.Accuracy, Thousand(t.PerCorrect)])];
        if (rows.Count > 1)
        {
            rows.Add(["Total", now.Spent, now.Executions, null, null, now.WouldHaveCost, now.Saved, null, Thousand(now.PerCorrect)]);
        }

        return new TableBlock(
            [
                new("Task"), new("Spent", ValueKind.Money), new("Executions", ValueKind.Number, IsMinor: true), new("A thousand of them", ValueKind.Money, IsMinor: true),
                new("Compared with", IsMinor: true), new("Would have cost", ValueKind.Money), new("Saved", ValueKind.Money), new("Accuracy", ValueKind.Share),
                new("A thousand right ones", ValueKind.Money, IsMinor: true),
            ],
            rows);
    }

    private static TableBlock ByKind(CostSummary now) => new(
        [new("What for"), new("Spent", ValueKind.Money), new("Charges", ValueKind.Number), new("Without a price", ValueKind.Number)],
        [.. now.ByKind.Select(k => (IReadOnlyList<object?>)[Words(k.Kind), k.Amount, k.Count, k.Unpriced])]);

    private static decimal? Thousand(decimal? each) => each * 1000;

    private static string Note(CostSummary now) => string.Join(
        ' ',
        new[]
        {
            "The organization's ledger over all its environments, in days of the organization's time zone.",
            now.WouldHaveCost is null ? "No task names a language model to compare with yet, so that nothing is said of savings." : null,
            now.WouldHaveCost is not null && now.ByTask.Any(t => t.Executions > 0 && t.WouldHaveCost is null)
                ? "Tasks without a language model to compare with are in what was spent, and not in what was saved." : null,
            now.Unpriced > 0 ? "Charges without a price are in no sum; the price book lacks them." : null,
        }.OfType<string>());

    private static string Words(CostKind kind) => kind switch
    {
        CostKind.Execution => "Executions",
        CostKind.Validation => "Checks",
        CostKind.Generation => "Making programs",
        CostKind.Report => "Reports",
        CostKind.Adjustment => "Adjustments",
    };
}
