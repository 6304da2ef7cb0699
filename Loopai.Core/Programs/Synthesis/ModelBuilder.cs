using System.Runtime.InteropServices;
using System.Text.Json;
using Loopai.Core.Programs.Models;

namespace Loopai.Core.Programs.Synthesis;

/// <summary>What was learned, before it becomes an artifact.</summary>
internal sealed record LearnedModel
{
    public required string Strategy { get; init; }

    public required string Description { get; init; }

    public required LearningSet Set { get; init; }

    public EncodedSet? Encoded { get; init; }

    /// <summary>One row an output, the bias last; null when only rules answer.</summary>
    public double[][]? Weights { get; init; }

    public double Slope { get; init; } = 1;

    public IReadOnlyList<DecisionRule> Rules { get; init; } = [];

    public FallbackPart? Fallback { get; init; }

    public NumberPart? Number { get; init; }
}

/// <summary>Writes what was learned as an artifact: rule features first, weights in 16 bits.</summary>
internal static class ModelBuilder
{
    public static byte[] Build(LearnedModel model)
    {
        var encoded = model.Encoded;
        var ruleFeatures = model.Rules
            .SelectMany(rule => rule.Conditions)
            .Where(condition => condition.Test == RuleTest.Has)
            .Select(condition => condition.Place)
            .Distinct()
            .ToArray();
        var order = model.Weights is null || encoded is null
            ? ruleFeatures
            : [.. ruleFeatures, .. Enumerable.Range(0, encoded.Vocabulary.Keys.Length).Except(ruleFeatures)];
        var names = encoded is null ? new FeatureNames([]) : FeatureNames.Of(encoded, model.Set, [.. ruleFeatures, .. Explainer.Places(model)]);
        var artifact = new ModelArtifact
        {
            Format = ModelArtifact.CurrentFormat,
            Strategy = model.Strategy,
            Description = model.Description,
            Classes = model.Set.Target.Classes,
            Number = model.Number,
            TextLimit = FeatureSet.TextLimit,
            Fields = encoded is null ? [] : [.. encoded.Plan.Fields.Select(field =>
                new FieldPart(field.Path, field.Kind.ToString().ToLowerInvariant(), field.Center, field.Spread, field.Edges))],
            Blocks = encoded is null ? [] : [.. encoded.Plan.Blocks.Select(block => new BlockPart(block.Name, block.Fields, block.Shortest, block.Longest))],
            RuleFeatures = ruleFeatures.Length,
            Keys = encoded is null ? "" : Base64<uint>([.. order.Select(place => encoded.Vocabulary.Keys[place])]),
            Rules = [.. model.Rules.Select(rule => RulePart(rule, ruleFeatures, encoded!.Plan, names))],
            Fallback = model.Fallback,
            Linear = LinearPart(model, order),
            Explanation = Explainer.Explain(model, names),
        };
        return JsonSerializer.SerializeToUtf8Bytes(artifact, ModelArtifact.Json);
    }

    private static RulePart RulePart(DecisionRule rule, int[] ruleFeatures, FeaturePlan plan, FeatureNames names) => new(
        [.. rule.Conditions.Select(condition => condition.Test == RuleTest.Has
            ? new ConditionPart("has", condition.Field, Array.IndexOf(ruleFeatures, condition.Place), 0, names.Of(condition.Place))
            : new ConditionPart(
                JsonNamingPolicy.CamelCase.ConvertName(condition.Test.ToString()),
                condition.Field,
                0,
                condition.Limit,
                RuleCondition.NumberWords(plan.Fields[condition.Field].Name, condition.Test, condition.Limit)))],
        rule.Class,
        Math.Round(rule.Confidence, 6),
        rule.Support);

    private static LinearPart? LinearPart(LearnedModel model, int[] order)
    {
        if (model.Weights is not { } weights)
        {
            return null;
        }

        var outputs = weights.Length;
        var quantized = new short[order.Length * outputs];
        var scales = new double[outputs];
        for (var k = 0; k < outputs; k++)
        {
            var largest = order.Length == 0 ? 0 : order.Max(place => Math.Abs(weights[k][place]));
            scales[k] = largest > 0 ? largest / short.MaxValue : 1;
            for (var i = 0; i < order.Length; i++)
            {
                quantized[(i * outputs) + k] = (short)Math.Round(weights[k][order[i]] / scales[k]);
            }
        }

        return new LinearPart(
            Base64<ushort>([.. order.Select(place => model.Encoded!.Vocabulary.Idf[place])]),
            Base64<short>(quantized),
            scales,
            Array.ConvertAll(weights, row => row[^1]),
            model.Slope);
    }

    private static string Base64<T>(T[] values)
        where T : unmanaged => Convert.ToBase64String(MemoryMarshal.AsBytes(values.AsSpan()));
}
