namespace Loopai.Core.Experiments.Statistics;

/// <summary>What a sample measures per unit.</summary>
public enum SampleKind
{
    /// <summary>Yes or no.</summary>
    Proportion,

    /// <summary>A number.</summary>
    Mean,

    /// <summary>A sum over a sum, such as cost per correct answer: neither is constant, so both vary (delta method).</summary>
    Ratio,
}

/// <summary>
/// The units of one variant, reduced to their number, sums and sums of products, which is all that inference needs and what a database adds up.
/// A unit is one observation, however often it was served. Samples add up: over days, and over segments.
/// </summary>
public sealed class Sample
{
    private Sample(SampleKind kind, bool isAdjusted, long units, double[] sums, double[,] products)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(units);
        (Kind, IsAdjusted, Units, Sums, Products) = (kind, isAdjusted, units, sums, products);
    }

    public SampleKind Kind { get; }

    /// <summary>Whether it carries what the same units did before the experiment (CUPED).</summary>
    public bool IsAdjusted { get; }

    public long Units { get; }

    /// <summary>Of each variable: the metric or its numerator, its denominator, and then the same before the experiment.</summary>
    internal double[] Sums { get; }

    internal double[,] Products { get; }

    public static Sample Proportion(long units, double successes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(successes, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, units);
        return new Sample(SampleKind.Proportion, false, units, [successes], new[,] { { successes } });
    }

    public static Sample Mean(long units, double sum, double squares) => new(SampleKind.Mean, false, units, [sum], new[,] { { squares } });

    /// <param name="products">Σ numerator · denominator.</param>
    public static Sample Ratio(long units, double numerator, double numeratorSquares, double denominator, double denominatorSquares, double products) =>
        new(SampleKind.Ratio, false, units, [numerator, denominator], new[,] { { numeratorSquares, products }, { products, denominatorSquares } });

    /// <summary>A mean, or a proportion of which squares are the sums, with the same of the time before.</summary>
    /// <param name="products">Σ during · before.</param>
    public static Sample Adjusted(SampleKind kind, long units, double sum, double squares, double before, double beforeSquares, double products) => kind is SampleKind.Ratio
        ? throw new ArgumentException("A ratio has four variables.", nameof(kind))
        : new(kind, true, units, [sum, before], new[,] { { squares, products }, { products, beforeSquares } });

    /// <param name="sums">Numerator, denominator, and both before.</param>
    /// <param name="products">Σ of each with each, four by four, symmetric.</param>
    public static Sample AdjustedRatio(long units, double[] sums, double[,] products)
    {
        if (sums.Length != 4 || products.GetLength(0) != 4 || products.GetLength(1) != 4)
        {
            throw new ArgumentException("A ratio with its past has four variables.", nameof(sums));
        }

        return new Sample(SampleKind.Ratio, true, units, sums, products);
    }

    public static Sample operator +(Sample left, Sample right)
    {
        if (left.Kind != right.Kind || left.IsAdjusted != right.IsAdjusted)
        {
            throw new ArgumentException("Samples of different metrics do not add up.", nameof(right));
        }

        var (sums, products) = ((double[])left.Sums.Clone(), (double[,])left.Products.Clone());
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] += right.Sums[i];
            for (var j = 0; j < sums.Length; j++)
            {
                products[i, j] += right.Products[i, j];
            }
        }

        return new Sample(left.Kind, left.IsAdjusted, left.Units + right.Units, sums, products);
    }

    /// <summary>The metric's value; null where there is nothing to divide by.</summary>
    public double? Value => Units > 0 && MetricFunction.Of(this).Value(Moments.Of(this).Means) is var value && double.IsFinite(value) ? value : null;

    /// <summary>
    /// A proportion with one success and one failure more (A. Agresti and B. Caffo, The American Statistician 54, 2000): with it, an arm without any
    /// failure has a spread and can be compared. Other samples stay as they are.
    /// </summary>
    public Sample Softened() => Kind == SampleKind.Proportion && !IsAdjusted ? Proportion(Units + 2, Sums[0] + 1) : this;

    /// <summary>
    /// The same of a share that is a ratio, such as right answers among those that were checked: one unit more with as many chances as the average one that took them all, and one
    /// that took none. Null of what is no share, or carries its past.
    /// </summary>
    public Sample? SoftenedShare()
    {
        if (IsAdjusted || Kind == SampleKind.Mean || Units == 0)
        {
            return null;
        }

        if (Kind == SampleKind.Proportion)
        {
            return Softened();
        }

        var chances = Sums[1] / Units;
        return chances > 0
            ? this + Ratio(2, chances, chances * chances, 2 * chances, 2 * chances * chances, chances * chances)
            : null;
    }
}
