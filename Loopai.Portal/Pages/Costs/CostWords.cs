using System.Globalization;
using Loopai.Core.Costs.Budgets;
using Loopai.Core.Costs.Forecasting;
using Loopai.Core.Costs.Ledger;
using Loopai.Core.Costs.Prices;

namespace Loopai.Portal.Pages.Costs;

/// <summary>Money, meters and forecasts in words.</summary>
public static class CostWords
{
    /// <summary>What was counted, from the ledger's name of it.</summary>
    public static string OfMeter(string meter) => meter switch
    {
        "compute:model" => "Learned programs, by the second",
        "compute:python" => "Python, by the second",
        "compute:javascript" => "JavaScript, by the second",
        "compute:generation" => "Making programs, by the second",
        "compute:report" => "Making reports, by the second",
        "check:person" => "Checks by people",
        "check:labels" => "Checks by labels",
        _ => meter,
    };

    public static string Of(CostKind kind) => kind switch
    {
        CostKind.Execution => "Executions",
        CostKind.Validation => "Checks",
        CostKind.Generation => "Making programs",
        CostKind.Report => "Reports",
        CostKind.Adjustment => "Adjustments",
    };

    public static string Of(PriceKind kind) => kind switch
    {
        PriceKind.Tokens => "Language models",
        PriceKind.Compute => "Runtimes",
        PriceKind.Plugin => "Plugins",
        PriceKind.Check => "Checks",
    };

    /// <summary>One of what a price is for.</summary>
    public static string UnitOf(PriceKind kind) => kind switch
    {
        PriceKind.Tokens => "million tokens",
        PriceKind.Compute => "second",
        PriceKind.Plugin => "call",
        PriceKind.Check => "check",
    };

    public static (string Text, Tone Tone) Of(PriceStatus status) => status switch
    {
        PriceStatus.Counts => ("counts", Tone.Good),
        PriceStatus.Overruled => ("overruled", Tone.Neutral),
        PriceStatus.ToCome => ("to come", Tone.Accent),
        PriceStatus.Over => ("over", Tone.Neutral),
        PriceStatus.End => ("ended", Tone.Neutral),
        PriceStatus.OtherCurrency => ("other currency", Tone.Warn),
    };

    /// <summary>How much less something costs: "62.5 % less", "20.0 % more". What is nearly nothing is not written as nothing.</summary>
    public static string Less(decimal saved, decimal would) => (double)(saved / would) switch
    {
        0 => "the same",
        1 => "100 % less",
        < 0 and var more => $"{Format.Percent(-more)} more",
        >= 0.9995 => "more than 99.9 % less",
        < 0.0005 => "less than 0.1 % less",
        var less => $"{Format.Percent(less)} less",
    };

    public static string Of(ScopeKind scope) => scope.ToString().ToLowerInvariant();

    public static string Of(BudgetPeriod period, int? days) => period switch
    {
        BudgetPeriod.Day => "a day",
        BudgetPeriod.Week => "a week",
        BudgetPeriod.Month => "a month",
        BudgetPeriod.Rolling => $"in {days} days",
    };

    public static (string Text, Tone Tone) Of(BudgetAction action) => action switch
    {
        BudgetAction.Alert => ("tells only", Tone.Neutral),
        BudgetAction.Throttle => ("throttles", Tone.Warn),
        BudgetAction.Stop => ("stops", Tone.Bad),
    };

    /// <summary>How a forecast was made, and how much it can be trusted.</summary>
    public static string Of(SpendForecast forecast)
    {
        var method = forecast.Method switch
        {
            "holt-winters" => "Holt–Winters with a weekly season",
            "weekday" => "The same weekdays of the last weeks",
            "growth" => "The weekdays of the last weeks, growing or shrinking as they did",
            "mean" => "The mean of the last days",
            _ => "",
        };
        var days = string.Create(CultureInfo.InvariantCulture, $"{method}, from {forecast.HistoryDays} {(forecast.HistoryDays == 1 ? "day" : "days")}.");
        return forecast switch
        {
            { Method: "none" } => "There is no whole day yet to forecast from.",
            { BackTest: { Mape: { } error } test } => $"{days} Tried on the past {test.Origins} times for {test.Horizon} days ahead, its totals were off by {Format.Percent(error)} on the mean"
                + (test.NaiveMape is { } naive ? $"; carrying the month so far on would have been off by {Format.Percent(naive)}." : ".")
                + (test.Coverage is { } coverage ? $" {Format.Percent(coverage, 0)} of totals lay within the band, which is made for 80 %." : ""),
            _ => $"{days} That is too little to try it on the past.",
        };
    }
}
