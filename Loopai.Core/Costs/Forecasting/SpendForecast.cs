namespace Loopai.Core.Costs.Forecasting;

/// <summary>What the days to come will cost, as far as the days gone by tell.</summary>
/// <param name="Method"><c>none</c>, <c>mean</c>, <c>weekday</c>, <c>growth</c> or <c>holt-winters</c>.</param>
/// <param name="HistoryDays">Whole days that it rests on.</param>
/// <param name="Days">The days to come, the first one after the last whole day first.</param>
/// <param name="BackTest">How the method did on the past; null where there is too little of it to say.</param>
public sealed record SpendForecast(string Method, int HistoryDays, IReadOnlyList<ForecastDay> Days, BackTest? BackTest)
{
    /// <summary>The share of outcomes that the intervals are made to hold: four of five.</summary>
    public const double Confidence = 0.8;

    public static readonly SpendForecast Nothing = new("none", 0, [], null);
}

/// <param name="Day">The day.</param>
/// <param name="Value">What it will cost.</param>
/// <param name="Low">In four cases of five not less.</param>
/// <param name="High">In four cases of five not more.</param>
/// <param name="Total">From the first day to this one.</param>
/// <param name="TotalLow">The total's lower bound.</param>
/// <param name="TotalHigh">The total's upper bound.</param>
public sealed record ForecastDay(DateOnly Day, double Value, double Low, double High, double Total, double TotalLow, double TotalHigh);

/// <summary>How a forecast made on earlier days, from what was known then, did against what came.</summary>
/// <param name="Origins">How many times it was made.</param>
/// <param name="Horizon">For how many days ahead.</param>
/// <param name="Mape">The mean absolute error of a total over the horizon, as a share of it; null where all totals are nothing.</param>
/// <param name="NaiveMape">The same of the mean of the month so far, carried on.</param>
/// <param name="Coverage">The share of totals that lay within the interval that the other origins give.</param>
public sealed record BackTest(int Origins, int Horizon, double? Mape, double? NaiveMape, double? Coverage);
