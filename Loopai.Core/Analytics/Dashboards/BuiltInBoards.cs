using M = Loopai.Core.Analytics.AnalyticsMetrics;

namespace Loopai.Core.Analytics.Dashboards;

/// <summary>The boards that every organization has. They are made of the same panels as one's own, and can be copied to begin one.</summary>
public static class BuiltInBoards
{
    public static readonly IReadOnlyList<Board> All =
    [
        BuiltIn(
            "usage", "Usage", "Who calls what, how often, and how it ends.",
            Number("n1", "Executions", M.Executions), Number("n2", "Errors", M.Errors), Number("n3", "Error rate", M.ErrorRate), Number("n4", "Sampled", M.Sampled),
            Panel("p1", "Executions by task", PanelKind.Bar, 8, AnalyticsDimensions.Task, M.Executions), Panel("p2", "By status", PanelKind.Bar, 4, AnalyticsDimensions.Status, M.Executions),
            Panel("p3", "By key", PanelKind.Table, 6, AnalyticsDimensions.Key, M.Executions, M.ErrorRate, M.LatencyP95Ms),
            Panel("p4", "When tasks are called", PanelKind.HeatMap, 6, AnalyticsDimensions.Task, M.Executions),
            Panel("p5", "By team", PanelKind.Table, 6, AnalyticsDimensions.Team, M.Executions, M.Errors, M.Cost), Panel("p6", "Error rate by task", PanelKind.Line, 6, AnalyticsDimensions.Task, M.ErrorRate)),
        BuiltIn(
            "quality", "Quality", "How often answers are right, and how surely that is known.",
            Number("n1", "Accuracy", M.Accuracy), Number("n2", "Verdicts", M.Validated), Number("n3", "Right answers", M.Matched), Number("n4", "Error rate", M.ErrorRate),
            Panel("p1", "Accuracy", PanelKind.Line, 8, null, M.Accuracy, M.AccuracyLow, M.AccuracyHigh), Panel("p2", "Verdicts", PanelKind.Bar, 4, AnalyticsDimensions.Task, M.Validated),
            Panel("p3", "Accuracy by task", PanelKind.Line, 12, AnalyticsDimensions.Task, M.Accuracy),
            Panel("p4", "By version", PanelKind.Table, 12, AnalyticsDimensions.Version, M.Executions, M.Validated, M.Accuracy, M.AccuracyLow, M.AccuracyHigh)),
        BuiltIn(
            "latency", "Latency", "How long programs take. Percentiles come from merged histograms, within 1 %.",
            Number("n1", "p50", M.LatencyP50Ms), Number("n2", "p95", M.LatencyP95Ms), Number("n3", "p99", M.LatencyP99Ms), Number("n4", "Timeouts", M.Timeouts),
            Panel("p1", "Percentiles", PanelKind.Line, 8, null, M.LatencyP50Ms, M.LatencyP95Ms, M.LatencyP99Ms), Panel("p2", "How latencies are spread", PanelKind.Histogram, 4, null, M.Executions),
            Panel("p3", "p95 by task", PanelKind.Line, 12, AnalyticsDimensions.Task, M.LatencyP95Ms),
            Panel("p4", "By version", PanelKind.Table, 12, AnalyticsDimensions.Version, M.Executions, M.LatencyMeanMs, M.LatencyP50Ms, M.LatencyP95Ms, M.LatencyP99Ms)),
        BuiltIn(
            "cost", "Cost", "What executions cost, and what a right answer does.",
            Number("n1", "Cost", M.Cost), Number("n2", "Per execution", M.CostPerExecution), Number("n3", "Per right answer", M.CostPerCorrect), Number("n4", "Unpriced", M.Unpriced),
            Panel("p1", "Cost by task", PanelKind.Bar, 8, AnalyticsDimensions.Task, M.Cost), Panel("p2", "By team", PanelKind.Table, 4, AnalyticsDimensions.Team, M.Cost, M.CostPerExecution),
            Panel("p3", "Cost per execution", PanelKind.Line, 6, AnalyticsDimensions.Task, M.CostPerExecution),
            Panel("p4", "By key", PanelKind.Table, 6, AnalyticsDimensions.Key, M.Executions, M.Cost, M.CostPerExecution, M.Unpriced)),
    ];

    public static Board? Find(string id) => All.FirstOrDefault(board => board.Id == id);

    private static Board BuiltIn(string id, string name, string description, params IReadOnlyList<BoardPanel> panels) =>
        new(id, name, description, BoardContent.Of(panels), "Loopai", IsBuiltIn: true, IsShared: true, IsMine: false, IsStarred: false, Revision: 0, UpdatedAt: null);

    private static BoardPanel Number(string id, string title, string metric) => Panel(id, title, PanelKind.Number, 3, null, metric);

    private static BoardPanel Panel(string id, string title, PanelKind kind, int width, string? dimension, params IReadOnlyList<string> metrics) =>
        new() { Id = id, Title = title, Kind = kind, Width = width, Dimension = dimension, Metrics = metrics };
}
