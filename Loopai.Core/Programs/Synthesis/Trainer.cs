using System.Globalization;
using Loopai.Core.Programs.Models;

namespace Loopai.Core.Programs.Synthesis;

/// <summary>Learns a program of the kind that was chosen, from all the examples it is given.</summary>
internal static class Trainer
{
    public static byte[] Classifier(LearningSet set, ClassifierChoice choice, CancellationToken ct)
    {
        var encoded = EncodedSet.Of(set, choice.Features, ct);
        var list = choice.Strategy switch
        {
            "rule" => Rules(set, encoded, RuleOptions.Alone(set.Count), ct),
            "hybrid" => Rules(set, encoded, RuleOptions.BeforeModel(set.Count), ct),
            _ => null,
        };
        var weights = choice.Strategy == "rule" ? null : LinearSearch.Fit(set, encoded.Rows, set.All, choice.C, null, ct);
        return ModelBuilder.Build(new LearnedModel
        {
            Strategy = choice.Strategy,
            Description = Describe(choice, set, list?.Rules.Count ?? 0),
            Set = set,
            Encoded = encoded,
            Weights = weights,
            Slope = choice.Slope,
            Rules = list?.Rules ?? [],
            Fallback = weights is null ? list!.Fallback : null,
        });
    }

    public static byte[] Regression(LearningSet set, RegressionChoice choice, int seed, CancellationToken ct)
    {
        var encoded = EncodedSet.Of(set, choice.Features, ct);
        var weights = RegressionSearch.FitNumbers(encoded.Rows, set.All, set.Numbers, choice.C, ct);
        var folds = Folds.Assign(set.ClassOf, set.Groups, 5, seed);
        var predictions = RegressionSearch.CrossPredict(encoded.Rows, set.Numbers, folds, choice.C, ct);
        double[] errors = [.. predictions.Zip(set.Numbers, (predicted, right) => Math.Abs(predicted - right))];
        var errorWeights = RegressionSearch.FitNumbers(encoded.Rows, set.All, errors, choice.C / 10, ct);
        var typical = Measures.MedianMae(set.Numbers);
        return ModelBuilder.Build(new LearnedModel
        {
            Strategy = "ml",
            Description = string.Create(CultureInfo.InvariantCulture, $"Ridge regression over {choice.Features.Name}, learned from {set.Count} examples."),
            Set = set,
            Encoded = encoded,
            Weights = [weights, errorWeights],
            Number = new NumberPart(
                set.Numbers.Min(), set.Numbers.Max(), set.Target.Decimals, typical > 0 ? typical : 1, set.Target.NumberProperty),
        });
    }

    /// <summary>The same answer for every input, saying so.</summary>
    public static byte[] Baseline(OutputTarget target, LearningSet? set)
    {
        var counts = new int[target.Classes.Count];
        foreach (var k in target.ClassOf)
        {
            counts[k]++;
        }

        var best = Array.IndexOf(counts, counts.Max());
        var confidence = target.ClassOf.Length == 0 ? 0 : (double)counts[best] / target.ClassOf.Length;
        var answer = target.Classes[best];
        var only = target with { Classes = [answer] };
        var empty = new FieldSurvey([], [], []);
        return ModelBuilder.Build(new LearnedModel
        {
            Strategy = "baseline",
            Description = $"A baseline: it has learned nothing and answers {OutputTarget.Shown(answer)} to every input.",
            Set = (set ?? new LearningSet([], [], [], only, empty, [])) with { Target = only },
            Fallback = new FallbackPart(0, confidence),
        });
    }

    private static RuleList Rules(LearningSet set, EncodedSet encoded, RuleOptions options, CancellationToken ct) =>
        new RuleLearner(encoded.Rows, encoded.Vocabulary.Kinds, encoded.Plan.Fields, set.ClassOf, set.Classes, options).Learn(set.All, ct);

    private static string Describe(ClassifierChoice choice, LearningSet set, int rules) => choice.Strategy switch
    {
        "rule" => string.Create(CultureInfo.InvariantCulture, $"A decision list of {rules} rules, learned from {set.Count} examples; the first rule that holds answers."),
        "hybrid" => string.Create(CultureInfo.InvariantCulture, $"{rules} rules that are almost never wrong, then a linear model over {choice.Features.Name}, learned from {set.Count} examples."),
        _ => string.Create(CultureInfo.InvariantCulture, $"A linear model over {choice.Features.Name}, learned from {set.Count} examples."),
    };
}
