namespace Loopai.Core.Programs.Synthesis;

/// <summary>
/// Limited-memory BFGS with a backtracking line search (Nocedal and Wright, Numerical Optimization, algorithms 7.4 and 3.1). Everything is added up
/// in a fixed order, so the result does not depend on threads.
/// </summary>
internal static class Lbfgs
{
    private const int Memory = 6;
    private const double SufficientDecrease = 1e-4;
    private const int MostSteps = 25;

    public delegate double Objective(double[] point, double[] gradient);

    public static double[] Minimize(Objective objective, double[] start, int iterations, double tolerance, CancellationToken ct)
    {
        var x = (double[])start.Clone();
        var gradient = new double[x.Length];
        var value = objective(x, gradient);
        var target = tolerance * Math.Max(1, Norm(gradient));
        var history = new List<(double[] Step, double[] Change, double Curvature)>(Memory);
        for (var iteration = 0; iteration < iterations && Norm(gradient) > target; iteration++)
        {
            ct.ThrowIfCancellationRequested();
            var direction = Direction(gradient, history);
            var slope = Dot(direction, gradient);
            if (slope >= 0)
            {
                break;
            }

            var nextX = new double[x.Length];
            var nextGradient = new double[x.Length];
            var length = history.Count == 0 ? Math.Min(1, 1 / Norm(gradient)) : 1;
            var nextValue = double.PositiveInfinity;
            for (var step = 0; step < MostSteps; step++, length /= 2)
            {
                ct.ThrowIfCancellationRequested();
                for (var i = 0; i < x.Length; i++)
                {
                    nextX[i] = x[i] + (length * direction[i]);
                }

                nextValue = objective(nextX, nextGradient);
                if (nextValue <= value + (SufficientDecrease * length * slope))
                {
                    break;
                }
            }

            if (!(nextValue < value))
            {
                break;
            }

            Remember(history, x, nextX, gradient, nextGradient);
            (x, gradient, value) = (nextX, nextGradient, nextValue);
        }

        return x;
    }

    private static void Remember(
        List<(double[] Step, double[] Change, double Curvature)> history, double[] x, double[] nextX, double[] gradient, double[] nextGradient)
    {
        var step = new double[x.Length];
        var change = new double[x.Length];
        for (var i = 0; i < x.Length; i++)
        {
            step[i] = nextX[i] - x[i];
            change[i] = nextGradient[i] - gradient[i];
        }

        var curvature = Dot(step, change);
        if (curvature <= 1e-12)
        {
            return;
        }

        if (history.Count == Memory)
        {
            history.RemoveAt(0);
        }

        history.Add((step, change, curvature));
    }

    private static double[] Direction(double[] gradient, List<(double[] Step, double[] Change, double Curvature)> history)
    {
        var direction = Array.ConvertAll(gradient, part => -part);
        var factors = new double[history.Count];
        for (var i = history.Count - 1; i >= 0; i--)
        {
            factors[i] = Dot(history[i].Step, direction) / history[i].Curvature;
            AddScaled(direction, history[i].Change, -factors[i]);
        }

        if (history.Count > 0)
        {
            var last = history[^1];
            var scale = last.Curvature / Dot(last.Change, last.Change);
            for (var i = 0; i < direction.Length; i++)
            {
                direction[i] *= scale;
            }
        }

        for (var i = 0; i < history.Count; i++)
        {
            var factor = Dot(history[i].Change, direction) / history[i].Curvature;
            AddScaled(direction, history[i].Step, factors[i] - factor);
        }

        return direction;
    }

    private static void AddScaled(double[] to, double[] what, double factor)
    {
        for (var i = 0; i < to.Length; i++)
        {
            to[i] += factor * what[i];
        }
    }

    private static double Norm(double[] vector) => Math.Sqrt(Dot(vector, vector));

    private static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
