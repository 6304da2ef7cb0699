using Loopai.Core.Programs.Models;

namespace Loopai.Core.Programs.Synthesis;

/// <summary>
/// Temperature scaling (Guo et al. 2017, "On Calibration of Modern Neural Networks") on scores of examples that the model had not learned from:
/// one factor for all scores, so no answer changes.
/// </summary>
internal static class Calibration
{
    private const double GoldenSection = 0.6180339887498949;
    private const double Doubt = 20;

    public static double Slope(double[][] scores, int[] classOf, int[] subset, CancellationToken ct)
    {
        if (subset.Length == 0)
        {
            return 1;
        }

        var (low, high) = (Math.Log(0.1), Math.Log(20));
        for (var step = 0; step < 40; step++)
        {
            ct.ThrowIfCancellationRequested();
            var left = high - ((high - low) * GoldenSection);
            var right = low + ((high - low) * GoldenSection);
            if (LogLoss(scores, classOf, subset, Math.Exp(left)) <= LogLoss(scores, classOf, subset, Math.Exp(right)))
            {
                high = right;
            }
            else
            {
                low = left;
            }
        }

        // Few examples say little about confidence: the factor then stays near 1.
        return Math.Exp((low + high) / 2 * subset.Length / (subset.Length + Doubt));
    }

    public static double LogLoss(double[][] scores, int[] classOf, int[] subset, double slope)
    {
        var total = 0.0;
        foreach (var row in subset)
        {
            total -= Math.Log(Math.Max(1e-12, Probability(scores[row], classOf[row], slope)));
        }

        return total / subset.Length;
    }

    private static double Probability(double[] scores, int right, double slope)
    {
        var (chosen, confidence) = LinearModel.Choose(scores, slope);
        if (scores.Length == 1)
        {
            return chosen == right ? confidence : 1 - confidence;
        }

        return confidence * Math.Exp((scores[right] - scores[chosen]) * slope);
    }
}
