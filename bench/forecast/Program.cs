using System.Diagnostics;
using System.Globalization;
using Loopai.Core.Costs.Forecasting;

// How far off the forecast to the end of the month is, made on every day of it, against spend / days × days left.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var first = new DateOnly(2026, 1, 1);
(string Name, Func<Random, int, double> Day)[] series =
[
    ("flat, 10 % noise", (r, _) => 100 * Noise(r, 0.1)),
    ("quiet weekends, 10 % noise", (r, t) => (Weekend(t) ? 25 : 100) * Noise(r, 0.1)),
    ("quiet weekends, growing 1 % a day", (r, t) => (Weekend(t) ? 25 : 100) * Math.Pow(1.01, t) * Noise(r, 0.1)),
    ("a step up after 60 days", (r, t) => (t < 60 ? 100 : 250) * Noise(r, 0.1)),
    ("a step down after 75 days, quiet weekends", (r, t) => (t < 75 ? 250 : 100) * (Weekend(t) ? 0.25 : 1) * Noise(r, 0.1)),
    ("growing by the same amount each day", (r, t) => (50 + t) * Noise(r, 0.1)),
    ("bursts: a day in ten at six times", (r, _) => 100 * Noise(r, 0.1) * (r.Next(10) == 0 ? 6 : 1)),
    ("the demo's mails a day: 60 to 140, quiet weekends", (r, t) => Weekend(t) ? 30 + r.Next(30) : 60 + r.Next(80)),
];
Console.WriteLine($"{"series",-52}{"forecast",10}{"naive",10}{"ratio",8}{"in band",9}{"ms",8}");
foreach (var (name, day) in series)
{
    var (errors, naives, held, took, count) = (0.0, 0.0, 0, 0.0, 0);
    for (var seed = 0; seed < 10; seed++)
    {
        var random = new Random(seed);
        var days = Enumerable.Range(0, 120).Select(t => day(random, t)).ToArray();
        for (var origin = 31; origin < 120; origin++)
        {
            var today = first.AddDays(origin);
            var month = new DateOnly(today.Year, today.Month, 1);
            var ends = month.AddMonths(1).AddDays(-1);
            if (ends.DayNumber - first.DayNumber >= days.Length)
            {
                break;
            }

            // On the first day of a month the plain projection has nothing to divide by, and would be off by all of it.
            var soFar = today.DayNumber - month.DayNumber;
            if (soFar == 0)
            {
                continue;
            }

            var spent = (decimal)days[(month.DayNumber - first.DayNumber)..origin].Sum();
            var came = days[(month.DayNumber - first.DayNumber)..(ends.DayNumber - first.DayNumber + 1)].Sum();
            var started = Stopwatch.GetTimestamp();
            var outlook = Outlook.Of(spent, Forecaster.Forecast(first, days[..origin], 31), today, 1, ends);
            took += Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            var naive = (double)spent * (ends.DayNumber - month.DayNumber + 1) / soFar;
            errors += Math.Abs((double)outlook.Expected - came) / came;
            naives += Math.Abs(naive - came) / came;
            held += came >= (double)outlook.Low && came <= (double)outlook.High ? 1 : 0;
            count++;
        }
    }

    Console.WriteLine($"{name,-52}{errors / count,10:0.0 %}{naives / count,10:0.0 %}{errors / naives,8:0.00}{(double)held / count,9:0 %}{took / count,8:0.0}");
}

bool Weekend(int t) => first.AddDays(t).DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;

static double Noise(Random random, double size) => 1 + (size * ((random.NextDouble() * 2) - 1));
