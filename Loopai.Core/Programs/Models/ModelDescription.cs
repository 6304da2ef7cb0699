using System.Globalization;

namespace Loopai.Core.Programs.Models;

/// <summary>What a model program is made of, in words.</summary>
/// <param name="Strategy">rule, ml, hybrid or baseline.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="Fields">The fields it reads, with how.</param>
/// <param name="Rules">The decision list in order; the first that holds answers.</param>
/// <param name="TopFeatures">What speaks for each class most.</param>
/// <param name="Features">How many features it knows.</param>
/// <param name="ArtifactBytes">Size of the artifact.</param>
public sealed record ModelDescription(
    string Strategy,
    string Summary,
    IReadOnlyList<string> Fields,
    IReadOnlyList<ModelRule> Rules,
    IReadOnlyList<ClassExplanation> TopFeatures,
    int Features,
    int ArtifactBytes)
{
    internal static ModelDescription Of(ModelParts parts, int artifactBytes) => new(
        parts.Artifact.Strategy,
        parts.Artifact.Description,
        [.. parts.Plan.Fields.Select(field => $"{field.Name} ({field.Kind.ToString().ToLowerInvariant()})")],
        DescribeRules(parts),
        parts.Artifact.Explanation,
        parts.Table.Count,
        artifactBytes);

    private static IReadOnlyList<ModelRule> DescribeRules(ModelParts parts)
    {
        var rules = parts.Rules.Select(rule => new ModelRule(
            string.Join(" and ", rule.Conditions.Select(condition => condition.Words)),
            parts.Artifact.Classes[rule.Class].ToString(),
            rule.Confidence,
            rule.Support)).ToList();
        if (parts.Linear is null && parts.Fallback is { } fallback)
        {
            rules.Add(new ModelRule("otherwise", parts.Artifact.Classes[fallback.Class].ToString(), fallback.Confidence, 0));
        }

        return rules;
    }
}

/// <param name="When">The conditions, in words.</param>
/// <param name="Then">The answer.</param>
/// <param name="Confidence">The share of its answers expected to be right.</param>
/// <param name="Support">How many examples it was learned from; 0 for the last line.</param>
public sealed record ModelRule(string When, string Then, double Confidence, int Support)
{
    /// <summary>The rule as a sentence.</summary>
    public string Sentence => string.Create(CultureInfo.InvariantCulture, $"{(When == "otherwise" ? "Otherwise" : $"If {When}")}: {Then} ({Confidence:P0})");
}
