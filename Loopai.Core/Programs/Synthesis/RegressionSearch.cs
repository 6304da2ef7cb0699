using System.Globalization;
using Loopai.Core.Programs.Models;

namespace Loopai.Core.Programs.Synthesis;

/// <param name="Features">How the inputs are looked at.</param>
/// <param name="C">The penalty.</param>
/// <param name="Candidates">What was tried, best first.</param>
/// <param name="Sample">The examples it was tried on.</param>
/// <param name="Predictions">Per example of the sample, the number from a model that had not learned from it.</param>
internal sealed record RegressionChoice(
    FeatureSet Features, double C, IReadOnlyList<CandidateScore> Candidates, LearningSet Sample, double[] Predictions);

/// <summary>Ridge regression on standardized numbers; a second one learns how far off the first is.</summary>
internal sealed class RegressionSearch(LearningSet examples, SynthesisRequest request, Action<string, double> report, CancellationToken ct)
{
    private const int SampleSize = 4000;
    private static readonly double[] Penalties = [0.05, 0.5, 5];

    private readonly LearningSet _set = examples.Sample(SampleSize, request.Seed);

    public RegressionChoice Choose()
    {
        var foldOf = Folds.Assign(_set.ClassOf, _set.Groups, _set.Count <= 1000 ? 5 : 3, request.Seed);
        var trials = new List<(FeatureSet Features, double C, double[] Predictions, CandidateScore Score)>();
        FeatureSet[] featureSets = _set.Survey.Fields.Any(field => field.Kind == FieldKind.Text) ? [FeatureSet.Words, FeatureSet.Letters] : [FeatureSet.Words];
        foreach (var features in featureSets)
        {
            report($"Trying {features.Name}", 0.3);
            var rows = EncodedSet.Of(_set, features, ct).Rows;
            foreach (var c in Penalties)
            {
                var predictions = CrossPredict(rows, _set.Numbers, foldOf, c, ct);
                var name = string.Create(CultureInfo.InvariantCulture, $"{features.Name}, C = {c}");
                trials.Add((features, c, predictions, new CandidateScore(name, "ml", Math.Round(R2(predictions, _set.Numbers), 4), [], Chosen: false)));
            }
        }

        var best = trials.MaxBy(trial => trial.Score.Score);
        var candidates = trials
            .Select(trial => trial.Score with { Chosen = trial == best })
            .OrderByDescending(candidate => candidate.Score)
            .ToArray();
        return new RegressionChoice(best.Features, best.C, candidates, _set, best.Predictions);
    }

    /// <summary>Per example, what a model says that learned from the other folds.</summary>
    public static double[] CrossPredict(SparseRows rows, double[] numbers, int[] foldOf, double c, CancellationToken ct)
    {
        var predictions = new double[numbers.Length];
        Parallel.For(0, foldOf.Max() + 1, LearningThreads.Options(ct), fold =>
        {
            int[] training = [.. Enumerable.Range(0, numbers.Length).Where(i => foldOf[i] != fold)];
            var weights = FitNumbers(rows, training, numbers, c, ct);
            for (var row = 0; row < numbers.Length; row++)
            {
                if (foldOf[row] == fold)
                {
                    predictions[row] = rows.Dot(row, weights) + weights[^1];
                }
            }
        });
        return predictions;
    }

    /// <summary>Fits standardized numbers, so that one penalty suits prices and probabilities, and gives weights for the numbers as they are.</summary>
    public static double[] FitNumbers(SparseRows rows, int[] subset, double[] numbers, double c, CancellationToken ct)
    {
        var mean = subset.Average(row => numbers[row]);
        var spread = Math.Sqrt(subset.Average(row => (numbers[row] - mean) * (numbers[row] - mean)));
        spread = spread > 0 ? spread : 1;
        var standardized = Array.ConvertAll(numbers, number => (number - mean) / spread);
        var weights = LinearFit.Squared(rows, subset, standardized, c, null, ct);
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] *= spread;
        }

        weights[^1] += mean;
        return weights;
    }

    public static double R2(double[] predictions, double[] numbers)
    {
        var mean = numbers.Average();
        var unexplained = predictions.Zip(numbers, (predicted, right) => (predicted - right) * (predicted - right)).Sum();
        var variance = numbers.Sum(number => (number - mean) * (number - mean));
        return variance > 0 ? 1 - (unexplained / variance) : 0;
    }
}
