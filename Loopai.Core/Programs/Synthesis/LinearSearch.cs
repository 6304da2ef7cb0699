using Loopai.Core.Programs.Models;

namespace Loopai.Core.Programs.Synthesis;

/// <summary>A linear model that was tried, with the scores that each example got from a model that had not learned from it.</summary>
internal sealed record LinearTrial(FeatureSet Features, double C, double[][] Scores, double Slope, double LogLoss, int[] Answers);

/// <summary>Tries feature sets and penalties by cross-validation.</summary>
internal static class LinearSearch
{
    public static readonly double[] Penalties = [2, 16, 128];

    /// <summary>With a handful of examples cross-validation cannot choose, so this is taken as it stands.</summary>
    public const double FewExamplesPenalty = 16;

    public static IReadOnlyList<LinearTrial> Try(LearningSet set, EncodedSet encoded, int[] foldOf, double[] penalties, CancellationToken ct)
    {
        var folds = foldOf.Max() + 1;
        var outputs = OutputsFor(set.Classes);
        var scores = penalties.Select(_ => new double[set.Count][]).ToArray();
        Parallel.For(0, folds, LearningThreads.Options(ct), fold =>
        {
            var training = set.All.Where(i => foldOf[i] != fold).ToArray();
            double[][]? weights = null;
            for (var p = 0; p < penalties.Length; p++)
            {
                weights = Fit(set, encoded.Rows, training, penalties[p], weights, ct);
                foreach (var row in set.All.Where(i => foldOf[i] == fold))
                {
                    scores[p][row] = new double[outputs];
                    for (var k = 0; k < outputs; k++)
                    {
                        scores[p][row][k] = encoded.Rows.Dot(row, weights[k]) + weights[k][^1];
                    }
                }
            }
        });

        return [.. penalties.Select((penalty, p) => Judge(set, encoded.Features, penalty, scores[p], ct))];
    }

    /// <summary>One row of weights an output, the bias last: one output tells two classes apart, more classes have one each against the rest.</summary>
    public static double[][] Fit(LearningSet set, SparseRows rows, int[] subset, double c, double[][]? start, CancellationToken ct)
    {
        var weights = new double[OutputsFor(set.Classes)][];
        Parallel.For(0, weights.Length, LearningThreads.Options(ct), output =>
        {
            var positive = weights.Length == 1 ? 1 : output;
            var signs = Array.ConvertAll(set.ClassOf, k => k == positive ? 1.0 : -1.0);
            weights[output] = LinearFit.Logistic(rows, subset, signs, c, start?[output], ct);
        });
        return weights;
    }

    public static int OutputsFor(int classes) => classes == 2 ? 1 : classes;

    private static LinearTrial Judge(LearningSet set, FeatureSet features, double penalty, double[][] scores, CancellationToken ct)
    {
        var slope = Calibration.Slope(scores, set.ClassOf, set.All, ct);
        var answers = Array.ConvertAll(scores, score => LinearModel.Choose(score, slope).Class);
        return new LinearTrial(features, penalty, scores, slope, Calibration.LogLoss(scores, set.ClassOf, set.All, slope), answers);
    }
}
