namespace Loopai.Core.Costs.Forecasting;

/// <summary>A way to carry daily sums on, from the days known.</summary>
internal abstract record SpendModel(string Name, int LeastDays)
{
    /// <summary>What is tried, the simplest first; of two that are as good, the simpler one is taken.</summary>
    public static readonly IReadOnlyList<SpendModel> All = [new LastDays(), new LikeWeekday(), new Seasonal()];

    /// <summary>The next days, the first first.</summary>
    public abstract double[] Forecast(ReadOnlySpan<double> days, int horizon);

    /// <summary>The mean of the last days: all that a few days can say.</summary>
    private sealed record LastDays() : SpendModel("mean", 1)
    {
        public override double[] Forecast(ReadOnlySpan<double> days, int horizon)
        {
            var last = days[Math.Max(0, days.Length - (2 * HoltWinters.Season))..];
            var sum = 0.0;
            foreach (var day in last)
            {
                sum += day;
            }

            return [.. Enumerable.Repeat(sum / last.Length, horizon)];
        }
    }

    /// <summary>Each day as the same weekday was in the last weeks.</summary>
    private sealed record LikeWeekday() : SpendModel("weekday", HoltWinters.Season)
    {
        private const int Weeks = 4;

        public override double[] Forecast(ReadOnlySpan<double> days, int horizon)
        {
            var forecast = new double[horizon];
            for (var h = 0; h < horizon; h++)
            {
                var (sum, count) = (0.0, 0);
                for (var at = days.Length + (h % HoltWinters.Season) - HoltWinters.Season; at >= 0 && count < Weeks; at -= HoltWinters.Season)
                {
                    (sum, count) = (sum + days[at], count + 1);
                }

                forecast[h] = sum / count;
            }

            return forecast;
        }
    }

    private sealed record Seasonal() : SpendModel("holt-winters", HoltWinters.LeastDays)
    {
        public override double[] Forecast(ReadOnlySpan<double> days, int horizon)
        {
            var model = HoltWinters.Fit(days);
            var forecast = new double[horizon];
            for (var h = 0; h < horizon; h++)
            {
                forecast[h] = model.Forecast(h + 1);
            }

            return forecast;
        }
    }
}
