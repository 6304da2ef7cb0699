namespace Loopai.Core.Costs.Forecasting;

/// <summary>
/// Additive Holt–Winters with a damped trend and a week's season (R. J. Hyndman and G. Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, 2021,
/// sections 8.3 and 8.4). The damping keeps a busy week from being drawn out into a busy year.
/// </summary>
internal sealed class HoltWinters
{
    /// <summary>Days of a week.</summary>
    public const int Season = 7;

    /// <summary>Two weeks: below that a season cannot be told from chance.</summary>
    public const int LeastDays = 2 * Season;

    private static readonly double[] Alphas = [0.05, 0.15, 0.3, 0.5, 0.8];
    private static readonly double[] Betas = [0, 0.02, 0.1];
    private static readonly double[] Gammas = [0.02, 0.1, 0.25, 0.5];
    private static readonly double[] Phis = [0.8, 0.95];

    private readonly double _level;
    private readonly double _trend;
    private readonly double _phi;
    private readonly double[] _seasonal;
    private readonly int _next;

    private HoltWinters(double level, double trend, double phi, double[] seasonal, int next) => (_level, _trend, _phi, _seasonal, _next) = (level, trend, phi, seasonal, next);

    /// <summary>The weights that would have foreseen each day best from the days before it. A grid: it has no bad starting point, and the error is flat near its best.</summary>
    public static HoltWinters Fit(ReadOnlySpan<double> days)
    {
        HoltWinters? best = null;
        var least = double.PositiveInfinity;
        foreach (var alpha in Alphas)
        {
            foreach (var beta in Betas)
            {
                foreach (var gamma in Gammas)
                {
                    foreach (var phi in Phis)
                    {
                        var (model, squares) = Run(days, alpha, beta, gamma, phi);
                        if (squares < least)
                        {
                            (best, least) = (model, squares);
                        }
                    }
                }
            }
        }

        return best!;
    }

    /// <summary>The day that many days after the last one known, 1 for the next; never below nothing.</summary>
    public double Forecast(int ahead)
    {
        // φ + φ² + … + φ^h
        var damped = _phi * (1 - Math.Pow(_phi, ahead)) / (1 - _phi);
        return Math.Max(0, _level + (damped * _trend) + _seasonal[(_next + ahead - 1) % Season]);
    }

    private static (HoltWinters Model, double Squares) Run(ReadOnlySpan<double> days, double alpha, double beta, double gamma, double phi)
    {
        var (level, trend, seasonal) = Start(days);
        var squares = 0.0;
        for (var t = 0; t < days.Length; t++)
        {
            var place = t % Season;
            var before = level + (phi * trend);
            var error = days[t] - before - seasonal[place];
            squares += error * error;
            var grown = (alpha * (days[t] - seasonal[place])) + ((1 - alpha) * before);
            seasonal[place] = (gamma * (days[t] - before)) + ((1 - gamma) * seasonal[place]);
            trend = (beta * (grown - level)) + ((1 - beta) * phi * trend);
            level = grown;
        }

        return (new HoltWinters(level, trend, phi, seasonal, days.Length % Season), squares);
    }

    /// <summary>The level before the first day, the rise between the first two weeks, and how each weekday lies to its week on the whole.</summary>
    private static (double Level, double Trend, double[] Seasonal) Start(ReadOnlySpan<double> days)
    {
        var seasonal = new double[Season];
        var weeks = days.Length / Season;
        var trend = (Mean(days.Slice(Season, Season)) - Mean(days[..Season])) / Season;
        for (var week = 0; week < weeks; week++)
        {
            var mean = Mean(days.Slice(week * Season, Season));
            for (var day = 0; day < Season; day++)
            {
                // Without what the trend does within the week, which would count twice.
                seasonal[day] += (days[(week * Season) + day] - mean - (trend * (day - (Season / 2)))) / weeks;
            }
        }

        return (Mean(days[..Season]) - (trend * (Season + 1) / 2), trend, seasonal);
    }

    private static double Mean(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }
}
