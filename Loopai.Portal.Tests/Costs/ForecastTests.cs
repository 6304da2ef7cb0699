using Loopai.Core.Costs.Forecasting;

namespace Loopai.Portal.Tests.Costs;

public sealed class ForecastTests
{
    private static readonly DateOnly First = new(2026, 3, 2);

    [Fact]
    public void Forecast_NoDays_SaysNothing()
    {
        var forecast = Forecaster.Forecast(First, [], 90);
        forecast.ShouldBeSameAs(SpendForecast.Nothing);
        Outlook.Of(3, forecast, First, 0.5, First.AddDays(29)).ShouldBe(new Outlook(First.AddDays(29), 3, 3, 3, 3));
    }

    [Theory]
    [InlineData(1, "mean")]
    [InlineData(5, "mean")]
    public void Forecast_FewDays_CarriesTheirMeanOn(int days, string method)
    {
        var forecast = Forecaster.Forecast(First, [.. Enumerable.Repeat(4.0, days)], 30);
        forecast.Method.ShouldBe(method);
        forecast.Days[0].Day.ShouldBe(First.AddDays(days));
        forecast.Days.ShouldAllBe(d => d.Value == 4 && d.Low <= 4 && d.High >= 4);
        forecast.Days[29].Total.ShouldBe(120, 1e-9);
    }

    [Fact]
    public void Forecast_TwentyDaysWithQuietWeekends_KnowsTheWeekend()
    {
        var forecast = Forecaster.Forecast(First, Weeks(20, noise: 0), 7);
        forecast.Method.ShouldNotBe("mean");
        forecast.Days.Single(d => d.Day.DayOfWeek == DayOfWeek.Sunday).Value.ShouldBe(2, 0.5);
        forecast.Days.Single(d => d.Day.DayOfWeek == DayOfWeek.Wednesday).Value.ShouldBe(10, 0.8);
    }

    [Fact]
    public void Forecast_LongSeasonalHistory_BeatsTheNaiveProjectionAndHoldsItsInterval()
    {
        var forecast = Forecaster.Forecast(First, Weeks(84, noise: 1), 90);
        var test = forecast.BackTest.ShouldNotBeNull();
        test.Mape!.Value.ShouldBeLessThan(test.NaiveMape!.Value);
        test.Mape.Value.ShouldBeLessThan(0.1);
        test.Coverage!.Value.ShouldBeGreaterThan(0.6);
        forecast.Days.Zip(forecast.Days.Skip(1)).ShouldAllBe(pair => pair.Second.Total >= pair.First.Total && pair.Second.TotalHigh - pair.Second.Total >= pair.First.TotalHigh - pair.First.Total - 1e-9);
    }

    [Theory]
    [InlineData(2.5)]
    [InlineData(0.3)]
    public void Forecast_AfterAStep_BelievesInItTheDayAfterTheNext(double factor)
    {
        var came = Weeks(68, noise: 1).Select((day, t) => t < 59 ? day : day * factor).ToArray();
        var week = came[61..].Sum();
        Forecaster.Forecast(First, came[..61], 7).Days[^1].Total.ShouldBe(week, week * 0.1);
    }

    [Fact]
    public void Leveled_BurstsThatCameBefore_AreNoStep()
    {
        var days = Weeks(63, noise: 1);
        foreach (var burst in new[] { 37, 44, 59, 60 })
        {
            days[burst] *= 6;
        }

        Steps.Leveled(days).ShouldBeSameAs(days);
        Steps.Leveled(new double[40]).ShouldAllBe(day => day == 0);
    }

    /// <summary>Growth of 1 % a day, foreseen for four weeks on forty days: four totals of five in the band, give or take what forty that overlap can tell.</summary>
    [Fact]
    public void Forecast_SteadyGrowth_HoldsItsBand()
    {
        var random = new Random(7);
        var days = Weeks(152, noise: 0).Select((day, t) => day * Math.Pow(1.01, t) * (0.9 + (0.2 * random.NextDouble()))).ToArray();
        var forecasts = Enumerable.Range(84, 40).Select(origin => (Origin: origin, Last: Forecaster.Forecast(First, days[..origin], 28).Days[^1])).ToList();
        forecasts.Count(f => days[f.Origin..(f.Origin + 28)].Sum() is var came && came >= f.Last.TotalLow && came <= f.Last.TotalHigh).ShouldBeGreaterThanOrEqualTo(28);
        Forecaster.Forecast(First, days, 28).Method.ShouldBe("growth");
    }

    [Fact]
    public void HoltWinters_SeasonAndTrendWithoutNoise_AreReproduced()
    {
        double Day(int t) => 50 + (0.5 * t) + (t % 7 * 3);
        var model = HoltWinters.Fit([.. Enumerable.Range(0, 70).Select(Day)]);
        model.Forecast(1).ShouldBe(Day(70), 1.5);
        model.Forecast(7).ShouldBe(Day(76), 4);
    }

    /// <summary>On the first day of a month the plain projection divides by no days, and at the end of December it looks for a thirteenth month.</summary>
    [Theory]
    [InlineData(2026, 12, 1, 2026, 12, 31)]
    [InlineData(2026, 12, 31, 2026, 12, 31)]
    [InlineData(2027, 1, 1, 2027, 1, 31)]
    [InlineData(2028, 2, 1, 2028, 2, 29)]
    public void Outlook_AtTheEdgesOfMonths_IsFinite(int year, int month, int day, int endYear, int endMonth, int endDay)
    {
        var (today, ends) = (new DateOnly(year, month, day), new DateOnly(endYear, endMonth, endDay));
        var forecast = Forecaster.Forecast(today.AddDays(-30), [.. Enumerable.Repeat(10.0, 30)], 90);
        forecast.Days[0].Day.ShouldBe(today);
        var outlook = Outlook.Of(2.5m, forecast, today, 0.75, ends);
        outlook.Expected.ShouldBe(2.5m + 7.5m + (10 * (ends.DayNumber - today.DayNumber)));
        Forecaster.Naive([.. Enumerable.Repeat(10.0, 31)], 30, today.AddDays(-30)).ShouldBe(10);
        Core.Costs.LocalDays.MonthEnd(today).ShouldBe(ends);
    }

    [Fact]
    public void Exhausted_SteadySpend_NamesTheDay()
    {
        var forecast = Forecaster.Forecast(First, [.. Enumerable.Repeat(10.0, 30)], 90);
        var today = First.AddDays(30);
        Outlook.Exhausted(60, 100, forecast, today, 0).Day.ShouldBe(today.AddDays(4));
        Outlook.Exhausted(100, 100, forecast, today, 0).Day.ShouldBe(today);
        Outlook.Exhausted(0, 1_000_000, forecast, today, 0).Day.ShouldBeNull();
    }

    /// <summary>10 on weekdays, 2 at weekends, and the same noise on every run.</summary>
    private static double[] Weeks(int days, double noise)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, days).Select(i => (First.AddDays(i).DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 2 : 10) + (noise * (random.NextDouble() - 0.5)))];
    }
}
