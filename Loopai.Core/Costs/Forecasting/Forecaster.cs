namespace Loopai.Core.Costs.Forecasting;

/// <summary>
/// Forecasts daily sums. Every way that the history is long enough for is tried on the past, and the one that did best is taken; its errors there give the
/// intervals (split conformal prediction: V. Vovk, A. Gammerman and G. Shafer, Algorithmic Learning in a Random World, 2005), so they hold whatever the
/// distribution is, as far as the days to come resemble those gone by.
/// </summary>
public static class Forecaster
{
    /// <summary>Half a year: what lies further back says little about the next weeks.</summary>
    private const int MostDays = 182;

    private const int MostOrigins = 28;
    private const int LongestTest = 28;

    /// <summary>Fewer trials than this say nothing.</summary>
    private const int LeastOrigins = 4;

    /// <summary>A more elaborate way has to be better by this share, or its being better may be chance.</summary>
    private const double WorthIt = 0.97;

    /// <param name="first">The day of the first sum.</param>
    /// <param name="days">The sum of every whole day, gaps as zero; days before anything happened left out.</param>
    /// <param name="horizon">How many days ahead.</param>
    public static SpendForecast Forecast(DateOnly first, IReadOnlyList<double> days, int horizon)
    {
        var known = Steps.Leveled([.. days.Skip(Math.Max(0, days.Count - MostDays))]);
        if (known.Length == 0)
        {
            return SpendForecast.Nothing;
        }

        var start = first.AddDays(days.Count);
        var tested = SpendModel.All.Where(model => model.LeastDays <= known.Length).Select(model => (Model: model, Past: Past(model, known, first.AddDays(days.Count - known.Length)))).ToList();
        var chosen = tested[0];
        foreach (var other in tested.Skip(1).Where(t => t.Past?.Count >= LeastOrigins))
        {
            // Held against each other on the days that both were tried on.
            var both = Math.Min(other.Past!.Count, chosen.Past!.Count);
            if (other.Past.MeanError(both) < chosen.Past.MeanError(both) * WorthIt)
            {
                chosen = other;
            }
        }

        var ahead = chosen.Model.Forecast(known, horizon);
        var test = chosen.Past is { } kept ? new BackTest(kept.Count, kept.Horizon, kept.Mape, kept.NaiveMape, kept.Coverage) : null;
        return new SpendForecast(chosen.Model.Name, known.Length, Band(start, ahead, chosen.Past, known), test);
    }

    private static ForecastDay[] Band(DateOnly start, double[] ahead, PastErrors? past, double[] known)
    {
        var band = new ForecastDay[ahead.Length];
        var (total, widest) = (0.0, 0.0);
        for (var h = 0; h < ahead.Length; h++)
        {
            total += ahead[h];
            var (day, sum) = past?.Radius(h, Scale(known)) ?? Unknown(known, ahead[h], total);

            // A longer stretch is never surer than a part of it.
            widest = Math.Max(widest, sum);
            band[h] = new ForecastDay(
                start.AddDays(h), ahead[h], Math.Max(0, ahead[h] - day), ahead[h] + day, total, Math.Max(0, total - widest), total + widest);
        }

        return band;
    }

    /// <summary>With too few days to test anything the interval says just that: the range of what was seen, and never less than half of what is foreseen.</summary>
    private static (double Day, double Total) Unknown(double[] known, double value, double total)
    {
        var spread = Math.Max(known.Max() - known.Min(), value / 2);
        return (spread, Math.Max(total / 2, spread));
    }

    /// <summary>A mean day of the last two weeks: errors grow with what there is to err about.</summary>
    private static double Scale(ReadOnlySpan<double> days)
    {
        var sum = 0.0;
        var last = days[Math.Max(0, days.Length - HoltWinters.LeastDays)..];
        foreach (var day in last)
        {
            sum += day;
        }

        return sum > 0 ? sum / last.Length : 1;
    }

    private static PastErrors? Past(SpendModel model, double[] known, DateOnly first)
    {
        // As far ahead as leaves half of the history to forecast from, or what the model needs.
        var horizon = Math.Min(LongestTest, known.Length / 3);
        var earliest = Math.Max(model.LeastDays, known.Length - horizon - MostOrigins + 1);
        if (horizon == 0 || known.Length - horizon < earliest)
        {
            return null;
        }

        var past = new PastErrors(horizon);
        for (var origin = earliest; origin <= known.Length - horizon; origin++)
        {
            past.Add(model.Forecast(known.AsSpan(0, origin), horizon), known.AsSpan(origin, horizon), Naive(known, origin, first), Scale(known.AsSpan(0, origin)));
        }

        return past;
    }

    /// <summary><c>spend / days</c> of the month so far; on its first day that of the day before, where there would be nothing to divide by.</summary>
    internal static double Naive(IReadOnlyList<double> days, int origin, DateOnly first)
    {
        var soFar = Math.Clamp(first.AddDays(origin).Day - 1, 1, origin);
        return Enumerable.Range(origin - soFar, soFar).Average(i => days[i]);
    }
}
