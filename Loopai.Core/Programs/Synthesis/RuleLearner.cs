using Loopai.Core.Programs.Models;

namespace Loopai.Core.Programs.Synthesis;

/// <param name="MostRules">Length of the list.</param>
/// <param name="LeastSupport">Right answers a rule needs among the examples.</param>
/// <param name="LeastPrecision">Share of right answers that a rule needs, smoothed.</param>
/// <param name="Lengths">Whether the length of a text may be asked for.</param>
internal sealed record RuleOptions(int MostRules, int LeastSupport, double LeastPrecision, bool Lengths)
{
    /// <summary>A list that answers by itself.</summary>
    public static RuleOptions Alone(int examples) => new(40, examples < 30 ? 1 : examples < 300 ? 2 : 3, 0.55, examples >= 30);

    /// <summary>A few rules that are almost never wrong, before a model.</summary>
    public static RuleOptions BeforeModel(int examples) => new(20, Math.Max(5, examples / 200), 0.98, Lengths: false);
}

/// <param name="Rules">In order; places are those of the vocabulary.</param>
/// <param name="Fallback">What answers when none holds.</param>
internal sealed record RuleList(IReadOnlyList<DecisionRule> Rules, FallbackPart Fallback);

/// <summary>
/// Learns a decision list by sequential covering: the rule with the most FOIL gain (Quinlan 1990) on the examples that no rule covers yet,
/// refined by up to two more conditions, until nothing is gained.
/// </summary>
internal sealed class RuleLearner(SparseRows rows, FeatureKind[] kinds, IReadOnlyList<InputField> fields, int[] classOf, int classes, RuleOptions options)
{
    private const int MostConditions = 3;
    private const double SurePrecision = 0.99;
    private const double LeastGain = 2;

    /// <summary>Weight of the prior in a rule's precision (m-estimate; Cestnik 1990).</summary>
    private const double PriorWeight = 2;

    private readonly RuleSearch _search = new(rows, kinds, fields, classOf, classes, options);

    public RuleList Learn(int[] subset, CancellationToken ct)
    {
        var rules = new List<DecisionRule>();
        var open = subset;
        while (rules.Count < options.MostRules && open.Length > 0)
        {
            ct.ThrowIfCancellationRequested();
            if (NextRule(open, ct) is not { } found)
            {
                break;
            }

            rules.Add(found);
            open = [.. open.Where(row => !Holds(found, row))];
        }

        Prune(rules, subset, ct);
        var rest = subset.Where(row => !rules.Exists(rule => Holds(rule, row))).ToArray();
        var majority = Majority(rest.Length > 0 ? rest : subset);
        return new RuleList(rules, majority);
    }

    /// <summary>The index of the rule that answers, or -1.</summary>
    public int Find(RuleList list, int row)
    {
        for (var i = 0; i < list.Rules.Count; i++)
        {
            if (Holds(list.Rules[i], row))
            {
                return i;
            }
        }

        return -1;
    }

    private DecisionRule? NextRule(int[] open, CancellationToken ct)
    {
        var conditions = new List<RuleCondition>();
        var covered = open;
        var chosen = -1;
        while (conditions.Count < MostConditions)
        {
            ct.ThrowIfCancellationRequested();
            var prior = Counts(covered);
            if (chosen >= 0 && prior[chosen] >= SurePrecision * covered.Length)
            {
                break;
            }

            if (_search.Best(covered, prior, chosen) is not { } best || (conditions.Count == 0 && open.Length >= 30 && best.Gain < LeastGain))
            {
                break;
            }

            chosen = best.Class;
            conditions.Add(best.Condition);
            covered = [.. covered.Where(row => Holds(best.Condition, row))];
        }

        if (chosen < 0)
        {
            return null;
        }

        var right = covered.Count(row => classOf[row] == chosen);
        var precision = Precision(right, covered.Length, Counts(open)[chosen], open.Length);
        return right < options.LeastSupport || precision < options.LeastPrecision
            ? null
            : new DecisionRule([.. conditions], chosen, precision, covered.Length);
    }

    /// <summary>Rules at the end that do not lower the errors on the examples go.</summary>
    private void Prune(List<DecisionRule> rules, int[] subset, CancellationToken ct)
    {
        while (rules.Count > 0 && options.LeastPrecision < SurePrecision - 0.02)
        {
            ct.ThrowIfCancellationRequested();
            var last = rules[^1];
            var shorter = rules[..^1];
            var rest = subset.Where(row => !shorter.Exists(rule => Holds(rule, row))).ToArray();
            var without = rest.Length - Counts(rest).Max();
            var uncovered = rest.Where(row => !Holds(last, row)).ToArray();
            var with = rest.Count(row => Holds(last, row) && classOf[row] != last.Class)
                + uncovered.Length - (uncovered.Length == 0 ? 0 : Counts(uncovered).Max());
            if (with < without)
            {
                return;
            }

            rules.RemoveAt(rules.Count - 1);
        }
    }

    private FallbackPart Majority(int[] part)
    {
        var counts = Counts(part);
        var best = Array.IndexOf(counts, counts.Max());
        return new FallbackPart(best, (counts[best] + 1.0) / (part.Length + classes));
    }

    private int[] Counts(int[] part)
    {
        var counts = new int[classes];
        foreach (var row in part)
        {
            counts[classOf[row]]++;
        }

        return counts;
    }

    private static double Precision(int right, int covered, int prior, int open) =>
        (right + (PriorWeight * prior / open)) / (covered + PriorWeight);

    private bool Holds(DecisionRule rule, int row) => rule.Conditions.All(condition => Holds(condition, row));

    private bool Holds(RuleCondition condition, int row) => condition.Test switch
    {
        RuleTest.Has => rows.PlacesOf(row).Contains(condition.Place),
        RuleTest.AtLeast => rows.Numbers[row][condition.Field] >= condition.Limit,
        RuleTest.Below => rows.Numbers[row][condition.Field] < condition.Limit,
        _ => rows.Lengths[row][condition.Field] >= condition.Limit,
    };
}
