namespace Loopai.Core.Programs.Models;

/// <summary>
/// Weights in 16 bits with one scale a class. A text feature counts as (1 + ln count) · idf, each block scaled to length 1
/// (sublinear tf-idf; Manning, Raghavan, Schütze, Introduction to Information Retrieval, 6.4). As each block is scaled to length 1,
/// the scale of the idf cancels out and the stored integers are used as they are.
/// </summary>
internal sealed class LinearModel
{
    private static readonly double[] Damped = [0, .. Enumerable.Range(1, 4096).Select(count => 1 + Math.Log(count))];

    /// <param name="idf">Per feature, in units that cancel out; 0 for a feature that only rules ask for.</param>
    /// <param name="weights">Feature by output: the weight of output k for feature f stands at f · outputs + k.</param>
    /// <param name="scales">Per output, what one unit of weight is worth.</param>
    /// <param name="bias">Per output.</param>
    /// <param name="slope">What the scores are multiplied with, so that confidences match the share that is right.</param>
    public LinearModel(ushort[] idf, short[] weights, double[] scales, double[] bias, double slope)
    {
        Idf = idf;
        Weights = weights;
        Scales = scales;
        Bias = bias;
        Slope = slope;
    }

    public ushort[] Idf { get; }

    public short[] Weights { get; }

    public double[] Scales { get; }

    public double[] Bias { get; }

    public double Slope { get; }

    public int Outputs => Bias.Length;

    /// <summary>The value of a text feature that occurs so many times, before its block is scaled to length 1.</summary>
    public static double Value(int count, int idf) => (count < Damped.Length ? Damped[count] : 1 + Math.Log(count)) * idf;

    public void Add(int place, double value, Span<double> sums)
    {
        var weights = Weights.AsSpan(place * sums.Length, sums.Length);
        for (var k = 0; k < weights.Length; k++)
        {
            sums[k] += value * weights[k];
        }
    }

    /// <summary>Turns sums into scores, in place.</summary>
    public void Finish(Span<double> sums)
    {
        for (var k = 0; k < sums.Length; k++)
        {
            sums[k] = (sums[k] * Scales[k]) + Bias[k];
        }
    }

    /// <summary>The winning class and its probability: the logistic function for one output, softmax for more.</summary>
    public (int Class, double Confidence) Choose(ReadOnlySpan<double> scores) => Choose(scores, Slope);

    public static (int Class, double Confidence) Choose(ReadOnlySpan<double> scores, double slope)
    {
        if (scores.Length == 1)
        {
            return (scores[0] > 0 ? 1 : 0, 1 / (1 + Math.Exp(-Math.Abs(scores[0]) * slope)));
        }

        var best = 0;
        for (var k = 1; k < scores.Length; k++)
        {
            best = scores[k] > scores[best] ? k : best;
        }

        var total = 0.0;
        foreach (var score in scores)
        {
            total += Math.Exp((score - scores[best]) * slope);
        }

        return (best, 1 / total);
    }
}
