using System.Text.Json;
using Loopai.Core.Programs.Models;

namespace Loopai.Core.Programs.Synthesis;

/// <summary>Examples to learn from, with everything that is derived from them once.</summary>
/// <param name="Inputs">The inputs.</param>
/// <param name="ClassOf">Per example, its class; of a regression, its stratum.</param>
/// <param name="Numbers">Of a regression: per example, its number.</param>
/// <param name="Target">What the outputs are.</param>
/// <param name="Survey">How the inputs are read.</param>
/// <param name="Groups">Per example, a number that equal inputs share.</param>
internal sealed record LearningSet(
    IReadOnlyList<JsonElement> Inputs, int[] ClassOf, double[] Numbers, OutputTarget Target, FieldSurvey Survey, int[] Groups)
{
    public int Count => Inputs.Count;

    public int Classes => Target.Classes.Count;

    public int[] All => [.. Enumerable.Range(0, Count)];

    public static LearningSet Of(IReadOnlyList<LabelledExample> examples, OutputTarget target, FieldSurvey survey)
    {
        var inputs = examples.Select(example => example.Input).ToArray();
        var classOf = target.Kind == TargetKind.Number ? Folds.Strata(target.Numbers) : target.ClassOf;
        return new LearningSet(inputs, classOf, target.Numbers, target, survey, Folds.GroupEqualInputs(inputs));
    }

    public LearningSet Take(int[] which) => this with
    {
        Inputs = Array.ConvertAll(which, i => Inputs[i]),
        ClassOf = Array.ConvertAll(which, i => ClassOf[i]),
        Numbers = Numbers.Length == 0 ? [] : Array.ConvertAll(which, i => Numbers[i]),
        Groups = Array.ConvertAll(which, i => Groups[i]),
    };

    /// <summary>At most so many examples, every class in its share.</summary>
    public LearningSet Sample(int most, int seed)
    {
        if (Count <= most)
        {
            return this;
        }

        var parts = Folds.Assign(ClassOf, Groups, (Count + most - 1) / most, seed);
        return Take([.. All.Where(i => parts[i] == 0)]);
    }
}

/// <summary>The examples as one feature set sees them.</summary>
internal sealed record EncodedSet(FeatureSet Features, FeaturePlan Plan, Vocabulary Vocabulary, SparseRows Rows)
{
    private const int MostFeatures = 32_000;
    private const int MostWeights = 1_000_000;
    private const int ManyExamples = 100;

    public static EncodedSet Of(LearningSet set, FeatureSet features, CancellationToken ct)
    {
        var plan = features.PlanFor(set.Survey);
        var outputs = Math.Max(2, set.Classes);
        var most = Math.Clamp(MostWeights / outputs, 1000, MostFeatures);
        var vocabulary = Vocabulary.Of(plan, set.Inputs, set.Count < ManyExamples ? 1 : 2, most, ct);
        return new EncodedSet(features, plan, vocabulary, SparseRows.Of(plan, vocabulary, set.Inputs, ct));
    }
}
