namespace Loopai.Core.Validation;

/// <summary>Which class was right against which was answered.</summary>
/// <param name="Classes">The classes with the most verdicts.</param>
/// <param name="Cells">The pairs that occurred, most first; a class beyond <see cref="MaxClasses"/> is null.</param>
public sealed record Confusion(IReadOnlyList<ClassQuality> Classes, IReadOnlyList<ConfusionCell> Cells)
{
    /// <summary>A matrix that can still be read; further classes are taken together.</summary>
    public const int MaxClasses = 20;

    /// <summary>Folds pairs of canonical outputs. A pair without an expected output is an answer that is known to be wrong and no more.</summary>
    internal static Confusion Of(IReadOnlyCollection<OutputPair> pairs)
    {
        var shown = pairs.Where(p => p.Expected is not null).Select(p => (Class: p.Expected!, p.Count)).Concat(pairs.Where(p => p.Actual is not null).Select(p => (Class: p.Actual!, p.Count)))
            .GroupBy(p => p.Class, p => p.Count, StringComparer.Ordinal).OrderByDescending(g => g.Sum()).ThenBy(g => g.Key, StringComparer.Ordinal)
            .Take(MaxClasses).Select(g => g.Key).ToList();
        var cells = pairs.Where(p => p.Expected is not null)
            .GroupBy(p => (Expected: Shown(p.Expected), Actual: Shown(p.Actual)))
            .Select(g => new ConfusionCell(g.Key.Expected, g.Key.Actual, g.Sum(p => p.Count), g.Sum(p => p.Weight)))
            .OrderByDescending(c => c.Count).ThenBy(c => c.Expected, StringComparer.Ordinal).ThenBy(c => c.Actual, StringComparer.Ordinal);
        return new Confusion([.. shown.Select(name => ClassQuality.Of(name, pairs))], [.. cells]);

        string? Shown(string? name) => name is not null && shown.Contains(name) ? name : null;
    }
}

/// <param name="Expected">What was right, as canonical JSON; null for all classes that are not shown.</param>
/// <param name="Actual">What was answered; null for all classes that are not shown, and for no answer.</param>
/// <param name="Count">Verdicts.</param>
/// <param name="Weight">The executions they stand for.</param>
public sealed record ConfusionCell(string? Expected, string? Actual, long Count, double Weight);

/// <param name="Class">The output as canonical JSON.</param>
/// <param name="Support">Verdicts in which it was right.</param>
/// <param name="Precision">Of the executions that were answered so, the estimated share that was right; null when there was none.</param>
/// <param name="Recall">Of the executions for which it was right, the estimated share that was answered so; null when there was none.</param>
public sealed record ClassQuality(string Class, long Support, double? Precision, double? Recall)
{
    internal static ClassQuality Of(string name, IReadOnlyCollection<OutputPair> pairs)
    {
        var expected = pairs.Where(p => p.Expected == name).ToList();
        var answered = pairs.Where(p => p.Actual == name).Sum(p => p.Weight);
        var both = expected.Where(p => p.Actual == name).Sum(p => p.Weight);
        var right = expected.Sum(p => p.Weight);
        return new ClassQuality(name, expected.Sum(p => p.Count), answered > 0 ? both / answered : null, right > 0 ? both / right : null);
    }
}

/// <summary>How often two outputs met, as canonical JSON.</summary>
internal sealed record OutputPair(string? Expected, string? Actual, long Count, double Weight);
