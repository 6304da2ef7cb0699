namespace Loopai.Core.Experiments.Statistics;

/// <summary>
/// Two versions asked the same inputs, as a shadow variant is: each input is its own control, which takes the spread between inputs out. Numbers are
/// compared by <see cref="Difference.Within"/>, whose fixed test is the paired t-test; right and wrong by what follows.
/// </summary>
public static class Paired
{
    /// <summary>
    /// Q. McNemar's test (Psychometrika 12, 1947), exact: of the inputs that one version alone got right, each is as likely to be either's if both are as
    /// good. 5 that control alone got right and 15 that treatment alone did, of 100: +0.10, p = 0.0414.
    /// </summary>
    public static Effect McNemar(long inputs, long onlyControl, long onlyTreatment, double alpha)
    {
        if (inputs < 2)
        {
            return Effect.Without(EffectState.TooFewUnits);
        }

        if (onlyControl + onlyTreatment == 0)
        {
            return Effect.Without(EffectState.NoVariance);
        }

        var p = Math.Min(1, 2 * Distributions.FairBinomialCdf(Math.Min(onlyControl, onlyTreatment), onlyControl + onlyTreatment));
        var share = (onlyTreatment - onlyControl) / (double)inputs;

        // Half an input more on either side, after Agresti and Min (Statistics in Medicine 24, 2005): the plain interval is too short where one side is 0.
        var (n, b, c) = (inputs + 2.0, onlyControl + 0.5, onlyTreatment + 0.5);
        var error = Math.Sqrt(b + c - ((c - b) * (c - b) / n)) / n;
        var reach = Distributions.NormalQuantile(1 - (alpha / 2)) * error;
        var interval = new ConfidenceInterval(Math.Max(-1, ((c - b) / n) - reach), Math.Min(1, ((c - b) / n) + reach));
        return new Effect(EffectState.Estimated, share, error, null, p, interval);
    }

    /// <summary>The differences −1, 0 and 1 as a sample, for the sequential test of the same.</summary>
    public static Sample Differences(long inputs, long onlyControl, long onlyTreatment) =>
        Sample.Mean(inputs, onlyTreatment - onlyControl, onlyControl + onlyTreatment);
}
