using Loopai.Core.Programs.Models;

namespace Loopai.Core.Programs.Synthesis;

/// <param name="Condition">The condition.</param>
/// <param name="Class">The class it speaks for.</param>
/// <param name="Gain">FOIL gain in bits.</param>
internal sealed record FoundCondition(RuleCondition Condition, int Class, double Gain);

/// <summary>Looks for the one condition that tells most about a class, over all features, numbers and lengths.</summary>
internal sealed class RuleSearch
{
    private const int CountersAtMost = 2_000_000;

    private readonly SparseRows _rows;
    private readonly IReadOnlyList<InputField> _fields;
    private readonly int[] _classOf;
    private readonly int _classes;
    private readonly RuleOptions _options;
    private readonly bool[] _eligible;
    private readonly int[] _counts;
    private readonly int[] _lastRow;

    public RuleSearch(SparseRows rows, FeatureKind[] kinds, IReadOnlyList<InputField> fields, int[] classOf, int classes, RuleOptions options)
    {
        (_rows, _fields, _classOf, _classes, _options) = (rows, fields, classOf, classes, options);

        // The vocabulary is in order of frequency, so what does not fit is what is rare.
        var features = Math.Min(rows.Features, CountersAtMost / classes);
        _eligible = [.. kinds.Take(features).Select(Reads)];
        _counts = new int[features * classes];
        _lastRow = new int[features];
    }

    /// <param name="covered">The examples to tell apart.</param>
    /// <param name="prior">How many of each class they are.</param>
    /// <param name="only">The class to look for, or -1 for any.</param>
    public FoundCondition? Best(int[] covered, int[] prior, int only)
    {
        var best = BestFeature(covered, prior, only);
        for (var field = 0; field < _fields.Count; field++)
        {
            var (values, isNumber) = (_fields[field].Kind, _options.Lengths) switch
            {
                (FieldKind.Number, _) => (Array.ConvertAll(covered, row => _rows.Numbers[row][field]), true),
                (FieldKind.Text, true) => (Array.ConvertAll(covered, row => (double)_rows.Lengths[row][field]), false),
                _ => ([], false),
            };
            if (values.Length > 0)
            {
                best = BestLimit(field, values, isNumber, covered, prior, only, best);
            }
        }

        return best;
    }

    /// <summary>Only what can be said in words makes a rule.</summary>
    private static bool Reads(FeatureKind kind) => kind is FeatureKind.Word or FeatureKind.Pair or FeatureKind.Symbol or FeatureKind.Shape
        or FeatureKind.Capitals or FeatureKind.LongWord or FeatureKind.Category or FeatureKind.Missing;

    private FoundCondition? BestFeature(int[] covered, int[] prior, int only)
    {
        Array.Clear(_counts);
        Array.Fill(_lastRow, -1);
        foreach (var row in covered)
        {
            foreach (var place in _rows.PlacesOf(row))
            {
                if (place < _lastRow.Length && _eligible[place] && _lastRow[place] != row)
                {
                    _lastRow[place] = row;
                    _counts[(place * _classes) + _classOf[row]]++;
                }
            }
        }

        FoundCondition? best = null;
        for (var place = 0; place < _lastRow.Length; place++)
        {
            if (_lastRow[place] < 0)
            {
                continue;
            }

            var counts = _counts.AsSpan(place * _classes, _classes);
            if (Choose(counts, covered.Length, prior, only, best?.Gain ?? 0) is { } found)
            {
                best = new FoundCondition(new RuleCondition(RuleTest.Has, 0, place, 0, ""), found.Class, found.Gain);
            }
        }

        return best;
    }

    private FoundCondition? BestLimit(
        int field, double[] values, bool isNumber, int[] covered, int[] prior, int only, FoundCondition? best)
    {
        var order = Enumerable.Range(0, values.Length).Where(i => !double.IsNaN(values[i])).OrderBy(i => values[i]).ToArray();
        var below = new int[_classes];
        var atLeast = new int[_classes];
        foreach (var i in order)
        {
            atLeast[_classOf[covered[i]]]++;
        }

        for (var at = 1; at < order.Length; at++)
        {
            var moved = _classOf[covered[order[at - 1]]];
            below[moved]++;
            atLeast[moved]--;
            var (low, high) = (values[order[at - 1]], values[order[at]]);
            if (low >= high)
            {
                continue;
            }

            foreach (var test in isNumber ? (ReadOnlySpan<RuleTest>)[RuleTest.Below, RuleTest.AtLeast] : [RuleTest.LongerThan])
            {
                if (Choose(test == RuleTest.Below ? below : atLeast, covered.Length, prior, only, best?.Gain ?? 0) is { } found)
                {
                    best = new FoundCondition(new RuleCondition(test, field, 0, SimpleBetween(low, high), ""), found.Class, found.Gain);
                }
            }
        }

        return best;
    }

    private (int Class, double Gain)? Choose(ReadOnlySpan<int> counts, int covered, int[] prior, int only, double atLeast)
    {
        var total = 0;
        foreach (var count in counts)
        {
            total += count;
        }

        (int, double)? best = null;
        for (var k = 0; k < counts.Length; k++)
        {
            if ((only >= 0 && k != only) || counts[k] < _options.LeastSupport || total == covered)
            {
                continue;
            }

            var share = (double)prior[k] / covered;
            var gain = counts[k] * (Math.Log2((counts[k] + (2 * share)) / (total + 2)) - Math.Log2(share));
            if (gain > atLeast + 1e-9)
            {
                atLeast = gain;
                best = (k, gain);
            }
        }

        return best;
    }

    /// <summary>The shortest decimal above low and not above high: "≥ 3.5" reads better than "≥ 3.4999998".</summary>
    private static double SimpleBetween(double low, double high)
    {
        var middle = low + ((high - low) / 2);
        for (var decimals = 0; decimals <= 10; decimals++)
        {
            var rounded = Math.Round(middle, decimals);
            if (rounded > low && rounded <= high)
            {
                return rounded;
            }
        }

        return high;
    }
}
