using System.Collections.Frozen;
using System.Text.Json;
using Loopai.Core.Experiments.Assignment;

namespace Loopai.Core.Experiments.Live;

/// <summary>An experiment compiled for the hot path: who gets which variant. Nothing of it is stored for a unit, so it is the same on every instance.</summary>
public sealed class LiveExperiment
{
    private readonly BucketRange[] _ranges;
    private readonly Condition _targeting;
    private readonly NamespaceRange? _namespace;
    private readonly PlannedHoldout? _holdout;
    private readonly FrozenDictionary<string, int>? _forced;

    private LiveExperiment(Experiment experiment, Holdout? holdout)
    {
        Experiment = experiment;
        _ranges = Bucketing.Ranges([.. experiment.Variants.Select(v => v.Weight)], experiment.Coverage);

        // A condition that cannot be read lets nobody in: it was checked when it was written.
        _targeting = Condition.Parse(experiment.Targeting, out _) ?? throw new InvalidOperationException($"The condition of the experiment {experiment.Id} cannot be read.");
        _namespace = experiment.Namespace is { } share ? new NamespaceRange(share.Name, share.Start, share.End) : null;
        _holdout = holdout is null ? null : new PlannedHoldout(holdout.Key, holdout.Share);
        _forced = experiment.Forced.Count == 0 ? null : experiment.Forced.ToFrozenDictionary(
            f => f.Unit, f => experiment.Variants.Index().First(v => v.Item.Key == f.Variant).Index, StringComparer.Ordinal);
        Variants = [.. experiment.Variants.Select((variant, index) => new LiveVariant(experiment, variant, (short)index))];
        Shadows = [.. Variants.Where(v => v.Variant.Shadow)];
    }

    public Experiment Experiment { get; }

    public IReadOnlyList<LiveVariant> Variants { get; }

    /// <summary>What runs beside the control.</summary>
    public IReadOnlyList<LiveVariant> Shadows { get; }

    public static LiveExperiment Of(Experiment experiment, Holdout? holdout) => new(experiment, holdout);

    /// <summary>Where the unit falls on 0..1, by which its variant is chosen.</summary>
    public double BucketOf(ReadOnlySpan<char> unit) => Hashing.Bucket(Experiment.Seed, unit);

    /// <summary>Which variant the unit gets, and why, were the experiment running. Allocates nothing.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="isNamed">Whether the caller named it; an execution's own id otherwise.</param>
    /// <param name="attributes">What is known of the request.</param>
    public Assigned Assign(ReadOnlySpan<char> unit, bool isNamed, JsonElement attributes)
    {
        var place = new UnitPlace(unit);
        return Assign(ref place, isNamed, attributes);
    }

    /// <summary>The same for several experiments of one unit: its place in a namespace that they share is computed once.</summary>
    internal Assigned Assign(ref UnitPlace place, bool isNamed, JsonElement attributes)
    {
        var unit = place.Unit;
        if (_forced is not null && _forced.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(unit, out var forced))
        {
            return new Assigned(AssignmentReason.Forced, forced);
        }

        var reason = !isNamed && Experiment.RequiresUnit ? AssignmentReason.NoUnit
            : _namespace is { } range && !range.Holds(place.In(range.Name)) ? AssignmentReason.OutsideNamespace
            : _holdout is { } held && Hashing.Bucket(held.Seed, unit) < held.Share ? AssignmentReason.HeldOut
            : !_targeting.Matches(attributes) ? AssignmentReason.NotTargeted
            : AssignmentReason.Assigned;
        if (reason != AssignmentReason.Assigned)
        {
            return new Assigned(reason, Bucketing.None);
        }

        var variant = Bucketing.Choose(BucketOf(unit), _ranges);
        return new Assigned(variant == Bucketing.None ? AssignmentReason.OutsideCoverage : AssignmentReason.Assigned, variant);
    }
}

/// <summary>A variant as executions get it.</summary>
public sealed class LiveVariant(Experiment experiment, Variant variant, short index)
{
    public Experiment Experiment { get; } = experiment;

    public Variant Variant { get; } = variant;

    /// <summary>Its place among the variants; 0 is the control.</summary>
    public short Index { get; } = index;

    /// <summary>What an answer tells of it, as JSON: written once, not per execution.</summary>
    public ReadOnlyMemory<byte> Json { get; } = JsonSerializer.SerializeToUtf8Bytes(
        new AssignedVariant(experiment.Id, experiment.Key, variant.Key, variant.Parameters), JsonSerializerOptions.Web);
}

/// <summary>The variant that an execution was given.</summary>
/// <param name="Id">The experiment.</param>
/// <param name="Key">The experiment's key.</param>
/// <param name="Variant">The variant's key.</param>
/// <param name="Parameters">The variant's parameters; null where it has none.</param>
public sealed record AssignedVariant(Guid Id, string Key, string Variant, JsonElement? Parameters);

/// <param name="Reason">Why.</param>
/// <param name="Variant">The variant's place; -1 for a unit that takes no part.</param>
public readonly record struct Assigned(AssignmentReason Reason, int Variant);

/// <summary>Why a unit gets what it gets.</summary>
public enum AssignmentReason
{
    /// <summary>Its hash fell into the variant's range.</summary>
    Assigned,

    /// <summary>Somebody chose its variant; it is not counted.</summary>
    Forced,

    /// <summary>The experiment is paused: all of its units get the control.</summary>
    Paused,

    /// <summary>The experiment does not run.</summary>
    NotRunning,

    /// <summary>The experiment takes only executions that name a unit.</summary>
    NoUnit,

    /// <summary>Its place in the namespace belongs to other experiments.</summary>
    OutsideNamespace,

    /// <summary>It is held out of all experiments that name the holdout.</summary>
    HeldOut,

    /// <summary>The request's attributes do not fit the condition.</summary>
    NotTargeted,

    /// <summary>Its hash fell into the part that coverage leaves out.</summary>
    OutsideCoverage,

    /// <summary>An experiment that started earlier takes it.</summary>
    TakenByAnother,
}
