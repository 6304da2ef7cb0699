using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Loopai.Core.Programs.Models;

/// <summary>A loaded artifact.</summary>
internal sealed record ModelParts(
    ModelArtifact Artifact,
    FeaturePlan Plan,
    FeatureTable Table,
    int RuleFeatures,
    DecisionRule[] Rules,
    FallbackPart? Fallback,
    LinearModel? Linear,
    NumberPart? Number,
    IReadOnlyList<ReadOnlyMemory<byte>> Outputs);

/// <summary>Reads an artifact and checks everything that running it relies on: it may come from an upload.</summary>
internal static class ModelLoader
{
    private const int LongestTextLimit = 1 << 20;
    private const int LongestLetters = 10;
    private static readonly string[] Strategies = ["rule", "ml", "hybrid", "baseline"];

    public static ModelParts Load(ReadOnlyMemory<byte> bytes)
    {
        ModelArtifact artifact;
        try
        {
            artifact = JsonSerializer.Deserialize<ModelArtifact>(bytes.Span, ModelArtifact.Json)
                ?? throw new ModelFormatException("The artifact is empty.");
        }
        catch (JsonException e)
        {
            throw new ModelFormatException($"The artifact is not a Loopai model: {e.Message}", e);
        }

        Demand(artifact.Format == ModelArtifact.CurrentFormat, $"its format is '{artifact.Format}', this version reads '{ModelArtifact.CurrentFormat}'");
        Demand(Strategies.Contains(artifact.Strategy, StringComparer.Ordinal), $"strategy '{artifact.Strategy}' is unknown");
        var plan = LoadPlan(artifact);
        var keys = Integers<uint>(artifact.Keys, "keys");
        Demand(artifact.RuleFeatures >= 0 && artifact.RuleFeatures <= keys.Length, "ruleFeatures is out of range");
        var linear = LoadLinear(artifact, keys.Length);
        CheckAnswers(artifact, linear);
        return new ModelParts(
            artifact with { Keys = "", Linear = null },
            plan,
            LoadTable(keys),
            artifact.RuleFeatures,
            [.. artifact.Rules.Select(rule => LoadRule(artifact, rule))],
            artifact.Fallback,
            linear,
            artifact.Number,
            [.. artifact.Classes.Select(output => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(output.GetRawText()))]);
    }

    private static FeaturePlan LoadPlan(ModelArtifact artifact)
    {
        Demand(artifact.TextLimit is > 0 and <= LongestTextLimit, "textLimit is out of range");
        var fields = artifact.Fields.Select(part =>
        {
            Demand(part is { Path: not null, Edges: not null }, "a field lacks its path or its edges");
            Demand(Enum.TryParse<FieldKind>(part.Kind, ignoreCase: true, out var kind) && Enum.IsDefined(kind), $"field kind '{part.Kind}' is unknown");
            Demand(double.IsFinite(part.Center) && part.Spread > 0, "a field's spread is not positive");
            return new InputField(part.Path, kind, part.Center, part.Spread, part.Edges);
        }).ToArray();
        var blocks = artifact.Blocks.Select(part =>
        {
            Demand(part is { Name: not null, Fields: not null }, "a block lacks its name or its fields");
            Demand(part.Fields.All(field => field >= 0 && field < fields.Length), $"block '{part.Name}' reads a field that does not exist");
            Demand(part.Shortest >= 0 && part.Longest <= LongestLetters, $"block '{part.Name}' has letter sequences of an impossible length");
            return new TextBlock([.. part.Fields], part.Name, part.Shortest, part.Longest);
        }).ToArray();
        return new FeaturePlan(fields, blocks, artifact.TextLimit);
    }

    private static FeatureTable LoadTable(uint[] keys)
    {
        try
        {
            return new FeatureTable(keys);
        }
        catch (ArgumentException e)
        {
            throw new ModelFormatException("The artifact is damaged: a feature is listed twice.", e);
        }
    }

    private static LinearModel? LoadLinear(ModelArtifact artifact, int features)
    {
        if (artifact.Linear is not { } part)
        {
            return null;
        }

        Demand(part is { Scales: not null, Bias: not null }, "linear lacks scales or bias");
        var idf = Integers<ushort>(part.Idf, "idf");
        var weights = Integers<short>(part.Weights, "weights");
        Demand(idf.Length == features, $"there are {features} keys and {idf.Length} idf values");
        Demand(part.Bias.Length > 0 && part.Scales.Length == part.Bias.Length, "scales and bias differ in length");
        Demand(weights.Length == features * part.Bias.Length, $"there are {weights.Length} weights for {features} features and {part.Bias.Length} outputs");
        return new LinearModel(idf, weights, part.Scales, part.Bias, part.Slope);
    }

    private static void CheckAnswers(ModelArtifact artifact, LinearModel? linear)
    {
        if (artifact.Number is { } number)
        {
            Demand(linear?.Outputs == 2, "a regression needs two outputs");
            Demand(number.Minimum <= number.Maximum && number.TypicalError > 0 && number.Decimals is >= 0 and <= 12, "the number's range is not one");
            return;
        }

        Demand(artifact.Classes.Count > 0, "it has no class to answer");
        Demand(linear is not null || artifact.Fallback is not null, "nothing answers when no rule holds");
        Demand(artifact.Fallback is null || IsClass(artifact, artifact.Fallback.Class), "the fallback's class does not exist");
        Demand(linear is null || linear.Outputs == (artifact.Classes.Count == 2 ? 1 : artifact.Classes.Count), "outputs and classes do not match");
    }

    private static DecisionRule LoadRule(ModelArtifact artifact, RulePart part)
    {
        Demand(IsClass(artifact, part.Class) && part.When is { Count: > 0 }, "a rule has no condition or answers a class that does not exist");
        return new DecisionRule(
            [.. part.When.Select(condition =>
            {
                Demand(Enum.TryParse<RuleTest>(condition.Test, ignoreCase: true, out var test) && Enum.IsDefined(test), $"test '{condition.Test}' is unknown");
                Demand(condition.Field >= 0 && condition.Field < artifact.Fields.Count, "a condition reads a field that does not exist");
                Demand(test != RuleTest.Has || (condition.Place >= 0 && condition.Place < artifact.RuleFeatures), "a condition asks for a feature that does not exist");
                return new RuleCondition(test, condition.Field, condition.Place, condition.Limit, condition.Words ?? "");
            })],
            part.Class,
            part.Confidence,
            part.Support);
    }

    private static bool IsClass(ModelArtifact artifact, int index) => index >= 0 && index < artifact.Classes.Count;

    private static T[] Integers<T>(string base64, string name)
        where T : unmanaged
    {
        try
        {
            return MemoryMarshal.Cast<byte, T>(Convert.FromBase64String(base64)).ToArray();
        }
        catch (Exception e) when (e is FormatException or ArgumentNullException)
        {
            throw new ModelFormatException($"The artifact is damaged: '{name}' is not base64.", e);
        }
    }

    private static void Demand([DoesNotReturnIf(false)] bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ModelFormatException($"The artifact is damaged: {otherwise}.");
        }
    }
}
