using System.Text.Json;
using Loopai.Core.Errors;

namespace Loopai.Core.Experiments;

/// <summary>What an experiment is to be, as a caller asks for it. A field that is null was not given.</summary>
public sealed record ExperimentDraft
{
    /// <summary>What can be taken away from an experiment by its name.</summary>
    public static readonly IReadOnlyList<string> Removable = ["targeting", "namespace", "holdoutId", "automaticWinner", "breaker", "startsAt", "endsAt"];

    public Guid? TaskId { get; init; }

    public string? Key { get; init; }

    public string? Name { get; init; }

    public string? Hypothesis { get; init; }

    public IReadOnlyList<VariantDraft>? Variants { get; init; }

    public double? Coverage { get; init; }

    public string? Seed { get; init; }

    public bool? RequiresUnit { get; init; }

    /// <summary>A condition on the request's attributes.</summary>
    public JsonElement? Targeting { get; init; }

    public NamespaceShare? Namespace { get; init; }

    public Guid? HoldoutId { get; init; }

    public IReadOnlyList<ForcedVariant>? Forced { get; init; }

    public IReadOnlyList<ChosenMetric>? Metrics { get; init; }

    public IReadOnlyList<string>? Segments { get; init; }

    public AnalysisPlan? Plan { get; init; }

    public AutomaticWinner? AutomaticWinner { get; init; }

    public CircuitBreaker? Breaker { get; init; }

    public bool? RequiresApproval { get; init; }

    public DateTimeOffset? StartsAt { get; init; }

    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>Why it is changed, for the record.</summary>
    public string? Reason { get; init; }

    /// <summary>Optional fields to take away, of <see cref="Removable"/>.</summary>
    public IReadOnlyList<string>? Without { get; init; }

    /// <summary>Lays what was given over the experiment.</summary>
    internal void ApplyTo(Experiment experiment)
    {
        experiment.Name = Name?.Trim() ?? experiment.Name;
        experiment.Hypothesis = Hypothesis?.Trim() ?? experiment.Hypothesis;
        experiment.Variants = Variants is null ? experiment.Variants : VariantDraft.Complete(Variants);
        experiment.Coverage = Coverage ?? experiment.Coverage;
        experiment.Seed = Seed ?? experiment.Seed;
        experiment.RequiresUnit = RequiresUnit ?? experiment.RequiresUnit;
        experiment.Targeting = Without("targeting") ? null : Targeting?.GetRawText() ?? experiment.Targeting;
        experiment.Namespace = Without("namespace") ? null : Namespace ?? experiment.Namespace;
        experiment.HoldoutId = Without("holdoutId") ? null : HoldoutId ?? experiment.HoldoutId;
        experiment.Forced = Forced ?? experiment.Forced;
        experiment.Metrics = Metrics ?? experiment.Metrics;
        experiment.Segments = Segments ?? experiment.Segments;
        experiment.Plan = Plan ?? experiment.Plan;
        experiment.AutomaticWinner = Without("automaticWinner") ? null : AutomaticWinner ?? experiment.AutomaticWinner;
        experiment.Breaker = Without("breaker") ? null : Breaker ?? experiment.Breaker;
        experiment.RequiresApproval |= RequiresApproval == true;
        experiment.StartsAt = Without("startsAt") ? null : StartsAt ?? experiment.StartsAt;
        experiment.EndsAt = Without("endsAt") ? null : EndsAt ?? experiment.EndsAt;

        bool Without(string field) => this.Without?.Contains(field) == true;
    }
}

/// <summary>A variant as a caller asks for it; what is left out is filled in.</summary>
/// <param name="Key">Its name for programs; <c>control</c>, then <c>variant-1</c>, … where nothing is said.</param>
/// <param name="Name">Its name for people; made of its version where nothing is said.</param>
/// <param name="Version">The version that answers.</param>
/// <param name="Weight">Its share; equal shares where no variant says.</param>
/// <param name="Parameters">What a caller is told along with it.</param>
/// <param name="Shadow">Whether it only runs beside the control.</param>
public sealed record VariantDraft(string? Key = null, string? Name = null, int? Version = null, double? Weight = null, JsonElement? Parameters = null, bool Shadow = false)
{
    internal static IReadOnlyList<Variant> Complete(IReadOnlyList<VariantDraft> drafts)
    {
        var live = drafts.Count(d => d is { Shadow: false });
        var equal = drafts.All(d => d?.Weight is null || d.Shadow) && live > 0 ? EqualWeights(live) : null;
        var (complete, next) = (new List<Variant>(drafts.Count), 0);
        for (var i = 0; i < drafts.Count; i++)
        {
            var draft = drafts[i] ?? new VariantDraft();
            complete.Add(new Variant(
                draft.Key ?? (i == 0 ? "control" : $"variant-{i}"),
                string.IsNullOrWhiteSpace(draft.Name) ? (i == 0 ? $"Control (version {draft.Version})" : $"Version {draft.Version}") : draft.Name.Trim(),
                draft.Version ?? 0,
                draft.Weight ?? (draft.Shadow ? 0 : equal?[next++] ?? 0),
                draft.Parameters is { ValueKind: not JsonValueKind.Null } parameters ? parameters.Clone() : null,
                draft.Shadow));
        }

        return complete;
    }

    /// <summary>Shares in steps of 0.0001 that add up to 1: what is left over by dividing goes to the last.</summary>
    internal static double[] EqualWeights(int count)
    {
        var each = 10_000 / count;
        return [.. Enumerable.Range(0, count).Select(i => (i == count - 1 ? 10_000 - (each * (count - 1)) : each) / 10_000.0)];
    }
}
