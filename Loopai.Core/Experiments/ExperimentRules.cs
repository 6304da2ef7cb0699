using System.Text.Json;
using System.Text.RegularExpressions;
using Loopai.Core.Errors;
using Loopai.Core.Executions;
using Loopai.Core.Experiments.Assignment;

namespace Loopai.Core.Experiments;

/// <summary>What an experiment has to keep to, as far as that can be said without the database. Every fault is told at once.</summary>
internal static partial class ExperimentRules
{
    public const int MaxMetrics = 20;
    private const int MaxSegments = 3;
    private const int MaxForced = 1000;
    private const int MaxParameterBytes = 8 * 1024;
    private const int MaxHypothesis = 4000;

    public static bool IsKey(string? key) => key is not null && Key().IsMatch(key);

    /// <summary>What the caller asked for, before it is laid over anything.</summary>
    public static void Check(ExperimentDraft draft, FieldErrors errors)
    {
        errors
            .AddIf(draft.Name is not null && string.IsNullOrWhiteSpace(draft.Name), "name", "An experiment needs a name.")
            .AddIf(draft.Name?.Length > 200, "name", "A name has at most 200 characters.")
            .AddIf(draft.Hypothesis?.Length > MaxHypothesis, "hypothesis", $"A hypothesis has at most {MaxHypothesis} characters.")
            .AddIf(draft.Key is not null && !IsKey(draft.Key), "key", "A key has 1 to 64 characters: small letters, digits, '-', '_' and '.', beginning with a letter or digit.")
            .AddIf(draft.Seed is not null && draft.Seed.Length is 0 or > 100, "seed", "A seed has 1 to 100 characters.")
            .AddIf(
                draft.Seed?.StartsWith(PlannedHoldout.SeedPrefix, StringComparison.Ordinal) == true, "seed",
                $"Seeds that begin with '{PlannedHoldout.SeedPrefix}' are those of holdouts, which would take the units of one variant alone. Take another.")
            .AddIf(draft.Targeting is { ValueKind: not JsonValueKind.Object }, "targeting", "A condition is a JSON object, such as {\"country\": {\"$in\": [\"de\", \"at\"]}}.");
        foreach (var unknown in draft.Without?.Where(field => !ExperimentDraft.Removable.Contains(field)) ?? [])
        {
            errors.Add("without", $"'{unknown}' cannot be taken away; one of {string.Join(", ", ExperimentDraft.Removable)} can.");
        }
    }

    /// <summary>The experiment as it would be.</summary>
    public static void Check(Experiment experiment, FieldErrors errors)
    {
        errors
            .AddIf(!IsShare(experiment.Coverage) || experiment.Coverage <= 0, "coverage", "Coverage is more than 0 and at most 1, in steps of 0.0001: 0.1 for 10 %.")
            .AddIf(experiment.Segments.Count > MaxSegments, "segments", $"Results can be shown apart by at most {MaxSegments} members of the input.")
            .AddIf(experiment.Segments.Any(s => string.IsNullOrWhiteSpace(s) || s.Length > 100), "segments", "A segment is the name of a member of the input, in 1 to 100 characters.")
            .AddIf(experiment.Segments.Distinct(StringComparer.Ordinal).Count() != experiment.Segments.Count, "segments", "Each segment is named once.")
            .AddIf(experiment.StartsAt >= experiment.EndsAt, "endsAt", "The end lies after the start.");
        if (Condition.Parse(experiment.Targeting, out var faults) is null)
        {
            errors.Add("targeting", string.Join(' ', faults));
        }

        CheckVariants(experiment, errors);
        CheckForced(experiment, errors);
        if (experiment.Namespace is { } share)
        {
            errors
                .AddIf(!IsKey(share.Name), "namespace.name", "A namespace's name has 1 to 64 small letters, digits, '-', '_' and '.'.")
                .AddIf(!(share.Start >= 0 && share.Start < share.End && share.End <= 1), "namespace", "A range of a namespace lies within 0 and 1, its start before its end.");
        }

        PlanRules.Check(experiment, errors);
    }

    /// <summary>0..1 in whole ten-thousandths: finer than that the hash does not tell units apart.</summary>
    public static bool IsShare(double share) => share is >= 0 and <= 1 && Math.Abs((share * 10_000) - Math.Round(share * 10_000)) < 1e-6;

    private static void CheckVariants(Experiment experiment, FieldErrors errors)
    {
        var variants = experiment.Variants;
        if (variants.Count is < 2 or > Experiment.MaxVariants)
        {
            errors.Add("variants", $"An experiment compares 2 to {Experiment.MaxVariants} variants; got {variants.Count}.");
            return;
        }

        var sum = variants.Sum(v => v.Weight);
        errors
            .AddIf(variants[0].Shadow, "variants[0].shadow", "The control answers; only another variant can be a shadow.")
            .AddIf(variants.DistinctBy(v => v.Key, StringComparer.Ordinal).Count() != variants.Count, "variants", "Each variant has a key of its own.")
            .AddIf(!(Math.Abs(sum - 1) < 1e-6), "variants", FormattableString.Invariant($"The weights of the variants add up to 1; these add up to {sum:0.####}."));
        for (var i = 0; i < variants.Count; i++)
        {
            var (variant, field) = (variants[i], $"variants[{i}]");
            errors
                .AddIf(!IsKey(variant.Key), $"{field}.key", "A key has 1 to 64 characters: small letters, digits, '-', '_' and '.', beginning with a letter or digit.")
                .AddIf(variant.Name.Length > 100, $"{field}.name", "A name has at most 100 characters.")
                .AddIf(variant.Version < 1, $"{field}.version", "Name the version that answers: 1, 2, 3.")
                .AddIf(!IsShare(variant.Weight), $"{field}.weight", "A weight is 0 to 1 in steps of 0.0001: 0.5 for half of the units.")
                .AddIf(
                    !variant.Shadow && variant.Weight == 0, $"{field}.weight",
                    "A variant that answers gets units: its weight is more than 0, or nothing could ever be decided. Leave all weights out for equal shares, or make it a shadow.")
                .AddIf(variant.Shadow && variant.Weight != 0, $"{field}.weight", "A shadow answers nobody: its weight is 0.")
                .AddIf(variant.Parameters is { ValueKind: not JsonValueKind.Object }, $"{field}.parameters", "Parameters are a JSON object.")
                .AddIf(variant.Parameters is { } p && p.GetRawText().Length > MaxParameterBytes, $"{field}.parameters", $"Parameters have at most {MaxParameterBytes / 1024} KB.");
        }
    }

    private static void CheckForced(Experiment experiment, FieldErrors errors)
    {
        errors
            .AddIf(experiment.Forced.Count > MaxForced, "forced", $"At most {MaxForced} units can be given a variant of choice.")
            .AddIf(experiment.Forced.DistinctBy(f => f.Unit, StringComparer.Ordinal).Count() != experiment.Forced.Count, "forced", "Each unit is named once.");
        foreach (var (forced, i) in experiment.Forced.Select((f, i) => (f, i)))
        {
            errors
                .AddIf(forced.Unit is not { Length: > 0 and <= Execution.MaxUnitLength }, $"forced[{i}].unit", $"A unit has 1 to {Execution.MaxUnitLength} characters.")
                .AddIf(
                    !experiment.Variants.Any(v => v.Key == forced.Variant && !v.Shadow), $"forced[{i}].variant",
                    $"There is no variant '{forced.Variant}' that answers; there are {string.Join(", ", experiment.Variants.Where(v => !v.Shadow).Select(v => v.Key))}.");
        }
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9._-]{0,63}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Key();
}
