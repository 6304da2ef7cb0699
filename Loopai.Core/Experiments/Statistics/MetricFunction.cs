namespace Loopai.Core.Experiments.Statistics;

/// <summary>A metric as a function of the means of a sample, with its gradient, on which the delta method works.</summary>
/// <param name="theta">How much of the past is taken off (CUPED); 0 for none.</param>
internal sealed class MetricFunction(bool isRatio, double theta = 0)
{
    public static MetricFunction Of(Sample sample, double theta = 0) => new(sample.Kind == SampleKind.Ratio, theta);

    public double Value(double[] means) => Part(means, 0) - (theta == 0 ? 0 : theta * Part(means, Width));

    /// <summary>The same without adjustment: what a relative change is relative to.</summary>
    public double Base(double[] means) => Part(means, 0);

    public double[] Gradient(double[] means)
    {
        var gradient = BaseGradient(means);
        if (theta != 0)
        {
            PartGradient(means, Width, -theta, gradient);
        }

        return gradient;
    }

    public double[] BaseGradient(double[] means)
    {
        var gradient = new double[means.Length];
        PartGradient(means, 0, 1, gradient);
        return gradient;
    }

    /// <summary>The gradient of what the past contributes, without its weight.</summary>
    public double[] PastGradient(double[] means)
    {
        var gradient = new double[means.Length];
        PartGradient(means, Width, 1, gradient);
        return gradient;
    }

    private int Width => isRatio ? 2 : 1;

    private double Part(double[] means, int at) => isRatio ? means[at] / means[at + 1] : means[at];

    private void PartGradient(double[] means, int at, double weight, double[] gradient)
    {
        gradient[at] = isRatio ? weight / means[at + 1] : weight;
        if (isRatio)
        {
            gradient[at + 1] = -weight * means[at] / (means[at + 1] * means[at + 1]);
        }
    }
}
