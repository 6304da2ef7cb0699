namespace Loopai.Core.Costs.Forecasting;

/// <summary>What one way of forecasting got wrong in the past, day by day ahead and in total, as parts of what a day cost when it was made: so errors of cheaper days stand for dearer ones.</summary>
internal sealed class PastErrors(int horizon)
{
    private readonly List<double>[] _days = [.. Enumerable.Range(0, horizon).Select(_ => new List<double>())];
    private readonly List<double>[] _totals = [.. Enumerable.Range(0, horizon).Select(_ => new List<double>())];
    private readonly List<(double Share, double Naive)> _shares = [];

    public int Horizon => horizon;

    public int Count => _days[0].Count;

    /// <summary>Of the last trials.</summary>
    public double MeanError(int last) => _days.Average(errors => errors.TakeLast(last).Average());

    public double? Mape => _shares.Count > 0 ? _shares.Average(s => s.Share) : null;

    public double? NaiveMape => _shares.Count > 0 ? _shares.Average(s => s.Naive) : null;

    /// <summary>Each total against the interval that all other origins give; null with too few of them.</summary>
    public double? Coverage
    {
        get
        {
            var totals = _totals[^1];
            return totals.Count < 5
                ? null
                : totals.Index().Average(one => one.Item <= Quantile([.. totals.Index().Where(other => other.Index != one.Index).Select(other => other.Item)]) ? 1.0 : 0.0);
        }
    }

    /// <param name="forecast">What was foreseen.</param>
    /// <param name="came">What came.</param>
    /// <param name="naive">A day as the mean of the month so far foresaw it.</param>
    /// <param name="scale">What a day cost when the forecast was made.</param>
    public void Add(double[] forecast, ReadOnlySpan<double> came, double naive, double scale)
    {
        var (foreseen, total) = (0.0, 0.0);
        for (var h = 0; h < horizon; h++)
        {
            (foreseen, total) = (foreseen + forecast[h], total + came[h]);
            _days[h].Add(Math.Abs(forecast[h] - came[h]) / scale);
            _totals[h].Add(Math.Abs(foreseen - total) / scale);
        }

        if (total > 0)
        {
            _shares.Add((Math.Abs(foreseen - total) / total, Math.Abs((naive * horizon) - total) / total));
        }
    }

    /// <summary>
    /// How far off a day, and the total up to it, may be. Beyond what was tested the errors of days grow like a random walk's, with the square root, and those
    /// of totals with the length: what is wrong about the level adds up.
    /// </summary>
    public (double Day, double Total) Radius(int ahead, double scale)
    {
        var tested = Math.Min(ahead, horizon - 1);
        var further = (ahead + 1.0) / (tested + 1);
        return (scale * Quantile(_days[tested]) * Math.Sqrt(further), scale * Quantile(_totals[tested]) * further);
    }

    /// <summary>The conformal quantile: the ⌈(n+1)·0.8⌉-th smallest; beyond the largest, which happens with fewer than four, a half more than the largest.</summary>
    private static double Quantile(List<double> errors)
    {
        var sorted = errors.Order().ToList();
        var rank = (int)Math.Ceiling((sorted.Count + 1) * SpendForecast.Confidence);
        return rank <= sorted.Count ? sorted[rank - 1] : sorted[^1] * 1.5;
    }
}
