namespace Loopai.Core.Programs.Synthesis;

/// <summary>
/// Fits one output of a linear model: ½|w|² + c · Σ loss(example), the bias free of the penalty. The loss is logistic for a class and squared for
/// a number. Weights come with the bias as their last element.
/// </summary>
internal static class LinearFit
{
    private const int Iterations = 80;
    private const double Tolerance = 1e-3;

    /// <param name="rows">The examples.</param>
    /// <param name="subset">The rows to learn from.</param>
    /// <param name="signs">Per row, +1 when it is of the class and -1 when not.</param>
    /// <param name="c">How much an example weighs against the penalty.</param>
    /// <param name="start">Where to start from, say the fit for a smaller c.</param>
    /// <param name="ct">Ends the work.</param>
    public static double[] Logistic(SparseRows rows, int[] subset, double[] signs, double c, double[]? start, CancellationToken ct) =>
        Minimize(rows, subset, start, c, ct, (row, score) =>
        {
            var margin = signs[row] * score;
            var away = Math.Exp(-Math.Abs(margin));
            var loss = Math.Log(1 + away) + Math.Max(0, -margin);
            var wrong = margin > 0 ? away / (1 + away) : 1 / (1 + away);
            return (loss, -signs[row] * wrong);
        });

    public static double[] Squared(SparseRows rows, int[] subset, double[] targets, double c, double[]? start, CancellationToken ct) =>
        Minimize(rows, subset, start, c, ct, (row, score) =>
        {
            var error = score - targets[row];
            return (error * error / 2, error);
        });

    private static double[] Minimize(
        SparseRows rows, int[] subset, double[]? start, double c, CancellationToken ct, Func<int, double, (double Loss, double Slope)> loss)
    {
        double Objective(double[] weights, double[] gradient)
        {
            var total = 0.0;
            for (var i = 0; i < rows.Features; i++)
            {
                total += weights[i] * weights[i];
                gradient[i] = weights[i];
            }

            total /= 2;
            gradient[^1] = 0;
            foreach (var row in subset)
            {
                var (part, slope) = loss(row, rows.Dot(row, weights) + weights[^1]);
                total += c * part;
                slope *= c;
                gradient[^1] += slope;
                var places = rows.PlacesOf(row);
                var values = rows.ValuesOf(row);
                for (var i = 0; i < places.Length; i++)
                {
                    gradient[places[i]] += slope * values[i];
                }
            }

            return total;
        }

        return Lbfgs.Minimize(Objective, start ?? new double[rows.Features + 1], Iterations, Tolerance, ct);
    }
}
