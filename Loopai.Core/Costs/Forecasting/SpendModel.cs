namespace Loopai.Core.Costs.Forecasting;

/// <summary>A way to carry daily sums on, from the days known.</summary>
internal abstract record SpendModel(string Name, int LeastDays)
{
    /// <summary>What is tried, the simplest first; of two that are as good, the simpler one is taken.</summary>
    public static readonly IReadOnlyList<SpendModel> All = [new LastDays(), new LikeWeekday(), new Growing(), new Seasonal()];

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

    /// <summary>
    /// The weekdays of the last weeks, growing or shrinking by the same share each day: the median of how each day compares with the same weekday a week and more before (H. Theil's and P. K.
    /// Sen's slope, of logarithms), so that single days do not turn it. Damped, as nothing grows for ever.
    /// </summary>
    private sealed record Growing() : SpendModel("growth", 4 * HoltWinters.Season)
    {
        private const int Longest = 8 * HoltWinters.Season;
        private const double Damping = 0.995;

        public override double[] Forecast(ReadOnlySpan<double> days, int horizon)
        {
            var last = days[Math.Max(0, days.Length - Longest)..].ToArray();
            var growth = Slope(last);
            var forecast = new double[horizon];
            for (var h = 0; h < horizon; h++)
            {
                // Each weekday as it was, grown to the last day known, and from there on.
                var (sum, count) = (0.0, 0);
                for (var at = last.Length + (h % HoltWinters.Season) - HoltWinters.Season; at >= 0; at -= HoltWinters.Season)
                {
                    (sum, count) = (sum + (last[at] * Math.Exp(growth * (last.Length - 1 - at))), count + 1);
                }

                forecast[h] = sum / count * Math.Exp(growth * (1 - Math.Pow(Damping, h + 1)) / (1 - Damping));
            }

            return forecast;
        }

        /// <summary>By how much the logarithm of a day grows a day.</summary>
        private static double Slope(double[] days)
        {
            List<double> slopes = [];
            for (var later = HoltWinters.Season; later < days.Length; later++)
            {
                for (var earlier = later - HoltWinters.Season; earlier >= 0; earlier -= HoltWinters.Season)
                {
                    if (days[earlier] > 0 && days[later] > 0)
                    {
                        slopes.Add(Math.Log(days[later] / days[earlier]) / (later - earlier));
                    }
                }
            }

            slopes.Sort();
            return slopes.Count == 0 ? 0 : slopes[slopes.Count / 2];
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
