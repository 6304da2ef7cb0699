using Loopai.Core.Programs.Models;

namespace Loopai.Core.Programs.Synthesis;

/// <summary>One way to look at an input.</summary>
/// <param name="Name">For the report.</param>
/// <param name="Shortest">Shortest letter sequence.</param>
/// <param name="Longest">Longest letter sequence; 0 for words only.</param>
/// <param name="Together">Whether all text fields also count as one text.</param>
internal sealed record FeatureSet(string Name, int Shortest, int Longest, bool Together)
{
    /// <summary>Long fields are read by words only: letters would cost a hundred microseconds a call and add little.</summary>
    private const double LettersUpToMeanLength = 400;

    /// <summary>Enough for what decides about a document, and a bound on the time that one can take.</summary>
    public const int TextLimit = 8192;

    public static readonly FeatureSet Words = new("words and pairs of words", 0, 0, Together: false);
    public static readonly FeatureSet Letters = new("words, pairs and letter sequences", 2, 5, Together: false);
    public static readonly FeatureSet ShortLetters = new("words, pairs and short letter sequences", 1, 4, Together: false);

    public FeatureSet WithAllTextTogether() => this with { Name = Name + ", all text together", Together = true };

    public FeaturePlan PlanFor(FieldSurvey survey)
    {
        var fields = survey.Fields;
        var texts = Enumerable.Range(0, fields.Count).Where(index => fields[index].Kind == FieldKind.Text).ToArray();
        var blocks = texts.Select(index =>
        {
            var letters = survey.MeanLengths[index] <= LettersUpToMeanLength;
            return new TextBlock([index], fields[index].Name, letters ? Shortest : 0, letters ? Longest : 0);
        }).ToList();
        if (Together && texts.Length > 1)
        {
            blocks.Add(new TextBlock(texts, "*", 0, 0));
        }

        return new FeaturePlan([.. fields], [.. blocks], TextLimit);
    }
}
