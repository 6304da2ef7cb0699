using System.Text.Json;
using System.Text.RegularExpressions;
using Loopai.Core.Errors;
using Loopai.Core.Experiments.Assignment;

namespace Loopai.Core.Flags;

/// <summary>What a flag has to be like. Every fault is told at once, each with what to do.</summary>
public static partial class FlagRules
{
    public const int MaxVariations = 20;
    public const int MaxRules = 50;
    public const int MaxValueLength = 16_384;
    public const int MaxNameLength = 100;

    /// <summary>The unit that a context names, and what percentages go by unless they say otherwise.</summary>
    public const string TargetingKey = "targetingKey";

    private const string BadName = "A variation's name has 1 to 100 letters, digits, dots, hyphens and underscores.";

    public static void CheckKey(FieldErrors errors, string? key) => errors.AddIf(
        key is null || !KeyShape().IsMatch(key), "key", "A key has 1 to 100 letters, digits, dots, hyphens and underscores, and starts with a letter or digit.");

    public static void CheckDescription(FieldErrors errors, string? description) => errors.AddIf(
        description?.Length > FeatureFlag.MaxDescriptionLength, "description", $"A description has at most {FeatureFlag.MaxDescriptionLength} characters.");

    public static void CheckVariations(FieldErrors errors, FlagType type, IReadOnlyList<FlagVariation> variations, string? off)
    {
        errors.AddIf(variations.Count is < 1 or > MaxVariations, "variations", $"A flag has 1 to {MaxVariations} variations.");
        foreach (var (variation, i) in variations.Select((v, i) => (v, i)))
        {
            var at = $"variations[{i}]";
            errors.AddIf(variation.Key is null || !KeyShape().IsMatch(variation.Key), $"{at}.key", BadName);
            errors.AddIf(variations.Take(i).Any(v => v.Key == variation.Key), $"{at}.key", "Another variation has this name already.");
            errors.AddIf(!Fits(type, variation.Value), $"{at}.value", $"The value of a {Word(type)} flag is {Shape(type)}.");
            errors.AddIf(
                variation.Value.ValueKind != JsonValueKind.Undefined && variation.Value.GetRawText().Length > MaxValueLength, $"{at}.value",
                $"A value has at most {MaxValueLength} characters.");
        }

        errors.AddIf(variations.All(v => v.Key != off), "offVariation", "The off-variation is the name of one of the variations.");
    }

    public static void CheckTargeting(FieldErrors errors, FlagTargeting targeting, IReadOnlyList<FlagVariation> variations)
    {
        errors.AddIf(targeting.Rules.Count > MaxRules, "rules", $"A flag has at most {MaxRules} rules in an environment.");
        foreach (var (rule, i) in targeting.Rules.Take(MaxRules).Select((r, i) => (r, i)))
        {
            var at = $"rules[{i}]";
            errors.AddIf(rule.Name?.Length > MaxNameLength, $"{at}.name", $"A rule's name has at most {MaxNameLength} characters.");
            if (Condition.Parse(TextOf(rule.Condition), out var faults) is null)
            {
                foreach (var fault in faults)
                {
                    errors.Add($"{at}.condition", fault);
                }
            }

            CheckServe(errors, $"{at}.serve", rule.Serve, variations);
            CheckSchedule(errors, $"{at}.schedule", rule.Schedule);
        }

        CheckServe(errors, "otherwise", targeting.Otherwise, variations);
        CheckSchedule(errors, "schedule", targeting.Schedule);
    }

    /// <summary>The text of a condition; null where there is none.</summary>
    internal static string? TextOf(JsonElement condition) => condition.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? null : condition.GetRawText();

    /// <summary>Percentages are kept to 0.01 %, so that their sum is exact.</summary>
    internal static int HundredthsOf(double percent) => (int)Math.Round(percent * 100);

    private static void CheckServe(FieldErrors errors, string at, FlagServe? serve, IReadOnlyList<FlagVariation> variations)
    {
        if (serve is null || (serve.Variation is null) == (serve.Split is null))
        {
            errors.Add(at, "Say either which variation is answered, or a split of several.");
            return;
        }

        errors.AddIf(serve.By is { Length: 0 or > MaxNameLength }, $"{at}.by", $"The attribute to split by has 1 to {MaxNameLength} characters.");
        errors.AddIf(serve.Variation is { } one && variations.All(v => v.Key != one), $"{at}.variation", $"The flag has no variation '{serve.Variation}'.");
        if (serve.Split is not { } split)
        {
            return;
        }

        foreach (var (share, i) in split.Select((s, i) => (s, i)))
        {
            errors.AddIf(variations.All(v => v.Key != share.Variation), $"{at}.split[{i}].variation", $"The flag has no variation '{share.Variation}'.");
            errors.AddIf(split.Take(i).Any(s => s.Variation == share.Variation), $"{at}.split[{i}].variation", $"'{share.Variation}' is in the split twice.");
            errors.AddIf(
                !(share.Percent is >= 0 and <= 100) || Math.Abs((share.Percent * 100) - Math.Round(share.Percent * 100)) > 1e-6, $"{at}.split[{i}].percent",
                "A percentage is 0 to 100, in steps of 0.01.");
        }

        var sum = split.Sum(s => s.Percent);
        errors.AddIf(split.Count == 0 || Math.Abs(sum - 100) > 1e-6, $"{at}.split", $"The percentages of a split sum to 100; these sum to {Math.Round(sum, 2)}.");
    }

    private static void CheckSchedule(FieldErrors errors, string at, FlagSchedule? schedule) =>
        errors.AddIf(schedule is { From: { } from, Until: { } until } && from >= until, at, "The end of a schedule is after its beginning.");

    private static bool Fits(FlagType type, JsonElement value) => type switch
    {
        FlagType.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        FlagType.String => value.ValueKind == JsonValueKind.String,
        FlagType.Number => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number),
        FlagType.Object => value.ValueKind == JsonValueKind.Object,
    };

    private static string Word(FlagType type) => type.ToString().ToLowerInvariant();

    private static string Shape(FlagType type) => type switch
    {
        FlagType.Boolean => "true or false",
        FlagType.String => "a text in quotes",
        FlagType.Number => "a number",
        FlagType.Object => "a JSON object",
    };

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._\-]{0,99}\z", RegexOptions.NonBacktracking)]
    private static partial Regex KeyShape();
}
