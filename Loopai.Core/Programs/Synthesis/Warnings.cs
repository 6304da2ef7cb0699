using System.Globalization;

namespace Loopai.Core.Programs.Synthesis;

/// <summary>What a user should know before trusting a program.</summary>
internal static class Warnings
{
    private const int FewExamples = 50;
    private const int FewOfClass = 10;
    private const double SmallShare = 0.05;

    public static IEnumerable<string> About(LearningSet set)
    {
        if (set.Count < FewExamples)
        {
            yield return Text($"There are only {set.Count} examples. A program usually needs 50 and more; take the figures as a hint.");
        }

        if (set.Target.Kind == TargetKind.Classes)
        {
            foreach (var sentence in AboutClasses(set))
            {
                yield return sentence;
            }
        }

        foreach (var sentence in AboutDuplicates(set))
        {
            yield return sentence;
        }
    }

    private static IEnumerable<string> AboutClasses(LearningSet set)
    {
        var counts = Enumerable.Range(0, set.Classes).Select(k => set.ClassOf.Count(of => of == k)).ToArray();
        var few = Enumerable.Range(0, set.Classes).Where(k => counts[k] < FewOfClass).ToArray();
        if (few.Length > 0)
        {
            var named = string.Join(", ", few.Take(5).Select(k => Text($"{OutputTarget.Shown(set.Target.Classes[k])} ({counts[k]})")));
            yield return Text($"Too few examples of {named}{(few.Length > 5 ? Text($" and {few.Length - 5} more") : "")}: give at least {FewOfClass} of each.");
        }

        var smallest = Array.IndexOf(counts, counts.Min());
        if (set.Count >= FewExamples && counts[smallest] < SmallShare * set.Count / Math.Max(1, set.Classes / 2.0))
        {
            yield return Text($"The classes are imbalanced: {OutputTarget.Shown(set.Target.Classes[smallest])} is {100.0 * counts[smallest] / set.Count:0.#} % of the examples. Look at its recall, not at the accuracy.");
        }
    }

    private static IEnumerable<string> AboutDuplicates(LearningSet set)
    {
        var groups = set.All.GroupBy(i => set.Groups[i]).Where(group => group.Skip(1).Any()).ToArray();
        if (groups.Length == 0)
        {
            yield break;
        }

        var conflicting = groups.Count(group => set.Target.Kind == TargetKind.Number
            ? group.Select(i => set.Numbers[i]).Distinct().Skip(1).Any()
            : group.Select(i => set.ClassOf[i]).Distinct().Skip(1).Any());
        if (conflicting > 0)
        {
            yield return Text($"{conflicting} {(conflicting == 1 ? "input has" : "inputs have")} conflicting outputs: equal inputs with different answers. No program can be right on all of them.");
        }

        var repeated = groups.Sum(group => group.Count() - 1);
        yield return Text($"{repeated} {(repeated == 1 ? "example repeats" : "examples repeat")} an input given before. Equal inputs are kept together when the program is measured.");
    }

    private static string Text(FormattableString sentence) => sentence.ToString(CultureInfo.InvariantCulture);
}
