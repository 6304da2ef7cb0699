using System.Diagnostics;
using System.Text.Json;
using Loopai.Core.Programs.Models;

namespace Loopai.Core.Programs.Synthesis;

/// <summary>Figures about answers.</summary>
internal static class Measures
{
    private const double Z95 = 1.959963984540054;
    private const int Bins = 10;

    /// <param name="answers">The answers given.</param>
    /// <param name="right">The right ones.</param>
    /// <param name="outputs">The classes.</param>
    public static ClassificationReport Classification(IReadOnlyList<Answered> answers, int[] right, IReadOnlyList<JsonElement> outputs)
    {
        var confusion = new int[outputs.Count][];
        for (var k = 0; k < confusion.Length; k++)
        {
            confusion[k] = new int[outputs.Count];
        }

        for (var i = 0; i < right.Length; i++)
        {
            confusion[right[i]][answers[i].Class]++;
        }

        var hits = outputs.Index().Sum(output => confusion[output.Index][output.Index]);
        var (low, high) = Wilson(hits, right.Length);
        return new ClassificationReport(
            (double)hits / right.Length,
            low,
            high,
            (double)confusion.Max(row => row.Sum()) / right.Length,
            [.. outputs.Select((output, k) => Score(OutputTarget.Shown(output), k, confusion))],
            confusion,
            Calibrated(answers, right));
    }

    /// <summary>Wilson's score interval (1927): 8 right of 10 gives 0.490 to 0.943.</summary>
    public static (double Low, double High) Wilson(int hits, int total)
    {
        if (total == 0)
        {
            return (0, 1);
        }

        var share = (double)hits / total;
        var squared = Z95 * Z95 / total;
        var center = (share + (squared / 2)) / (1 + squared);
        var half = Z95 / (1 + squared) * Math.Sqrt((share * (1 - share) / total) + (squared / (4 * total)));
        return (Math.Max(0, center - half), Math.Min(1, center + half));
    }

    public static RegressionReport Regression(IReadOnlyList<double> predictions, IReadOnlyList<double> right)
    {
        var errors = predictions.Zip(right, (predicted, value) => predicted - value).ToArray();
        return new RegressionReport(
            errors.Average(Math.Abs),
            Math.Sqrt(errors.Average(error => error * error)),
            RegressionSearch.R2([.. predictions], [.. right]),
            MedianMae(right));
    }

    public static double MedianMae(IReadOnlyList<double> numbers)
    {
        var sorted = numbers.Order().ToArray();
        var median = sorted[sorted.Length / 2];
        return sorted.Average(number => Math.Abs(number - median));
    }

    /// <summary>Mean time of one execution, over about 50 ms after a warm-up.</summary>
    public static double? Microseconds(ModelProgram program, IReadOnlyList<JsonElement> inputs, CancellationToken ct)
    {
        if (inputs.Count == 0)
        {
            return null;
        }

        var most = Math.Min(inputs.Count, 500);
        for (var i = 0; i < most; i++)
        {
            program.Execute(inputs[i]);
        }

        var clock = Stopwatch.StartNew();
        var runs = 0;
        while (clock.ElapsedMilliseconds < 50)
        {
            ct.ThrowIfCancellationRequested();
            program.Execute(inputs[runs++ % most]);
        }

        return Math.Round(clock.Elapsed.TotalMicroseconds / runs, 2);
    }

    private static ClassScore Score(string name, int k, int[][] confusion)
    {
        var hits = confusion[k][k];
        var answered = confusion.Sum(row => row[k]);
        var support = confusion[k].Sum();
        double? precision = answered == 0 ? null : (double)hits / answered;
        double? recall = support == 0 ? null : (double)hits / support;
        double? f1 = answered + support == 0 ? null : 2.0 * hits / (answered + support);
        return new ClassScore(name, precision, recall, f1, support);
    }

    private static CalibrationReport Calibrated(IReadOnlyList<Answered> answers, int[] right)
    {
        var brier = answers.Select((answer, i) => Math.Pow(answer.Confidence - (answer.Class == right[i] ? 1 : 0), 2)).Average();
        var bins = answers
            .Select((answer, i) => (answer.Confidence, Right: answer.Class == right[i] ? 1.0 : 0))
            .GroupBy(answer => Math.Min(Bins - 1, (int)(answer.Confidence * Bins)))
            .OrderBy(bin => bin.Key)
            .Select(bin => new CalibrationBin(bin.Average(answer => answer.Confidence), bin.Average(answer => answer.Right), bin.Count()))
            .ToArray();
        var error = bins.Sum(bin => Math.Abs(bin.Confidence - bin.Accuracy) * bin.Count) / answers.Count;
        return new CalibrationReport(error, brier, bins);
    }
}
