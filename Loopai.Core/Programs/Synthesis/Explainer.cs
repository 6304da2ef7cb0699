using Loopai.Core.Programs.Models;

namespace Loopai.Core.Programs.Synthesis;

/// <summary>Picks what speaks for each class most: weight times how much the feature typically counts.</summary>
internal static class Explainer
{
    private const int PerClass = 20;
    private const int MostClasses = 50;

    public static IEnumerable<int> Places(LearnedModel model) => Strongest(model).SelectMany(features => features).Select(feature => feature.Place);

    public static IReadOnlyList<ClassExplanation> Explain(LearnedModel model, FeatureNames names)
    {
        var classes = model.Set.Target.Classes;
        return [.. Strongest(model).Zip(classes, (features, output) => new ClassExplanation(
            output, [.. features.Select(feature => new FeatureExplanation(names.Of(feature.Place), Math.Round(feature.Weight, 3)))]))];
    }

    private static IEnumerable<IReadOnlyList<(int Place, double Weight)>> Strongest(LearnedModel model)
    {
        if (model.Weights is not { } weights || model.Number is not null)
        {
            yield break;
        }

        for (var k = 0; k < Math.Min(model.Set.Classes, MostClasses); k++)
        {
            var row = weights.Length == 1 ? weights[0] : weights[k];
            var sign = weights.Length == 1 && k == 0 ? -1 : 1;
            var kinds = model.Encoded!.Vocabulary.Kinds;
            yield return
            [
                .. Enumerable.Range(0, kinds.Length)
                    .Where(place => kinds[place] is not FeatureKind.Letters && row[place] * sign > 0)
                    .Select(place => (Place: place, Weight: row[place] * sign))
                    .OrderByDescending(feature => feature.Weight)
                    .ThenBy(feature => feature.Place)
                    .Take(PerClass),
            ];
        }
    }
}
