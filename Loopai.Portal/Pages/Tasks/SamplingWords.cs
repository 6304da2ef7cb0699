using System.Globalization;
using Loopai.Core.Validation;

namespace Loopai.Portal.Pages.Tasks;

/// <summary>A sampling policy as a person would say it.</summary>
public static class SamplingWords
{
    public static IReadOnlyList<string> Of(SamplingPolicy policy)
    {
        var words = new List<string> { Rate(policy) };
        if (policy.PerOutputPerHour > 0)
        {
            words.Add($"Of each different answer, the first {Format.Exact(policy.PerOutputPerHour)} of every hour, so that rare ones are seen.");
        }

        if (policy.LowConfidenceBelow is > 0 and var below && policy.LowConfidenceRate > policy.Rate)
        {
            words.Add($"{Capital(Share(policy.LowConfidenceRate))} with a confidence below {Percent(below)}.");
        }

        if (policy.NewVersionRate > policy.Rate)
        {
            words.Add($"{Capital(Share(policy.NewVersionRate))} of a version that was just activated; the extra share is halved every {Format.Exact(policy.NewVersionHalfLife)} executions.");
        }

        words.Add(Oracle(policy));
        return words;
    }

    private static string Rate(SamplingPolicy policy) => policy.Rate switch
    {
        <= 0 when policy.PerOutputPerHour == 0 && policy.LowConfidenceBelow is null && policy.NewVersionRate <= 0 => "No answer is checked, so quality is not measured.",
        <= 0 => "No answers at random.",
        _ => $"{Capital(Share(policy.Rate))}, chosen at random.",
    };

    private static string Oracle(SamplingPolicy policy) => policy.Oracle switch
    {
        Core.Validation.Oracle.Labels => "They are compared with the labelled examples; what no example knows is not judged.",
        Core.Validation.Oracle.Person => "A person judges each of them in the review queue.",
        Core.Validation.Oracle.LabelsThenPerson => "They are compared with the labelled examples; what no example knows goes to a person in the review queue.",
        Core.Validation.Oracle.Version => $"They are compared with what version {policy.OracleVersion?.ToString(CultureInfo.InvariantCulture) ?? "…"} answers.",
        _ => "",
    };

    /// <summary>0.05 → "about 1 in 20 answers", 0.5 → "half of the answers", 1 → "all answers", 0.37 → "37 % of the answers".</summary>
    private static string Share(double rate)
    {
        if (rate >= 1)
        {
            return "all answers";
        }

        var oneIn = Math.Round(1 / rate);
        return rate switch
        {
            0.5 => "half of the answers",
            _ when oneIn >= 3 && Math.Abs((1 / rate) - oneIn) / oneIn < 0.05 => $"about 1 in {Format.Exact(oneIn)} answers",
            _ => $"{Percent(rate)} of the answers",
        };
    }

    private static string Percent(double share) => (share * 100).ToString("0.##", CultureInfo.InvariantCulture) + " %";

    private static string Capital(string words) => char.ToUpperInvariant(words[0]) + words[1..];
}
