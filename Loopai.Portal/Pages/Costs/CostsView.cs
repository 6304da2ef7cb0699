using Loopai.Core.Costs;

namespace Loopai.Portal.Pages.Costs;

/// <summary>A summary and a forecast, made ready to be shown.</summary>
public sealed record CostsView(CostSummary Summary, CostForecast Forecast, object Spend, ChartTable SpendTable)
{
    /// <summary>Days of the forecast that the chart shows: more would press the past together.</summary>
    private const int MostAhead = 30;

    public LoadState<TableWindow<TaskCost>> Tasks => new LoadState<TableWindow<TaskCost>>.Loaded(new TableWindow<TaskCost>(Summary.ByTask));

    public IReadOnlyList<CostShare> Kinds => [.. Summary.ByKind.Select(k => new CostShare(null, CostWords.Of(k.Kind), k.Amount, k.Count, k.Unpriced))];

    public string? Change => Summary.SpentBefore > 0 ? Format.PercentChange((double)((Summary.Spent / Summary.SpentBefore) - 1)) : null;

    public Trend ChangeTrend => Summary.SpentBefore > 0 ? Trends.Of((double)(Summary.Spent - Summary.SpentBefore), higherIsBetter: false) : Trend.Neutral;

    public string? SavedShare => Summary is { Saved: { } saved, WouldHaveCost: > 0 and var would } ? CostWords.Less(saved, would) : null;

    public string MonthBand => Forecast.Forecast.Method == "none" ? "no whole day to forecast from" : $"{Money(Forecast.Month.Low)} to {Money(Forecast.Month.High)}";

    public string Money(decimal? amount) => Format.Money(amount, Summary.Currency);

    public string? Exact(decimal? amount) => amount is { } value ? $"{Format.Exact((double)value)} {Summary.Currency}" : null;

    public static CostsView Of(CostSummary summary, CostForecast forecast)
    {
        var ahead = forecast.Forecast.Days.Take(Math.Clamp(summary.Days.Count, 7, MostAhead)).ToList();
        ChartSeries[] series =
        [
            new("Spent", [.. summary.Days.Select(d => (At(d.Day), (double?)d.Spent))], Area: true),
            .. ahead.Count == 0
                ? Array.Empty<ChartSeries>()
                :
                [
                    new ChartSeries("Forecast", [.. ahead.Select(d => (At(d.Day), (double?)d.Value))], Dashed: true),
                    new ChartSeries("At least", [.. ahead.Select(d => (At(d.Day), (double?)d.Low))], "var(--text-3)", Dashed: true),
                    new ChartSeries("At most", [.. ahead.Select(d => (At(d.Day), (double?)d.High))], "var(--text-3)", Dashed: true),
                ],
        ];
        return new CostsView(summary, forecast, ChartOption.TimeSeries(series, "money:" + summary.Currency), ChartOption.Table(series, v => Format.Money((decimal?)v, summary.Currency)));
    }

    private static DateTimeOffset At(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
}
