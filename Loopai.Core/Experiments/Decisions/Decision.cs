using Loopai.Core.Experiments.Statistics;

namespace Loopai.Core.Experiments.Decisions;

/// <summary>What may be decided of an experiment at a moment.</summary>
public enum DecisionState
{
    /// <summary>Too early to say anything.</summary>
    Collecting,

    /// <summary>Variants did not get the units their weights promise: no figure can be trusted.</summary>
    SampleRatioMismatch,

    /// <summary>A variant harms what must not be harmed.</summary>
    GuardrailHurt,

    /// <summary>Nothing is found yet, and what would matter could not be found with so few units.</summary>
    Underpowered,

    /// <summary>A variant is better.</summary>
    Ship,

    /// <summary>No variant is better, and each is worse or not worth it.</summary>
    KeepControl,

    /// <summary>Whatever the difference is, it is too small to matter.</summary>
    Equivalent,

    /// <summary>A variant is better in one goal and worse in another: only a person can weigh them.</summary>
    TradeOff,

    /// <summary>The time is over and nothing was found.</summary>
    Inconclusive,
}

/// <summary>What may be decided, for people.</summary>
/// <param name="Variant">The key of the variant that it is about; null where it is about none.</param>
/// <param name="Sentence">One sentence for who has not read a book on statistics.</param>
/// <param name="Reasons">The numbers behind it.</param>
/// <param name="About">When more can be said, where that can be told.</param>
public sealed record Decision(DecisionState State, string? Variant, string Sentence, IReadOnlyList<DecisionReason> Reasons, DateTimeOffset? About = null)
{
    /// <summary>Which variant harms which guardrail, as a sentence; null where none does. It is so whatever else may be decided: a circuit breaker goes by it.</summary>
    public string? Harm { get; init; }

    /// <summary>Whether acting upon it keeps the error rate that the plan promised.</summary>
    public bool IsFinal => State is DecisionState.Ship or DecisionState.KeepControl or DecisionState.Equivalent;
}

/// <summary>One of the numbers that a decision rests on.</summary>
/// <param name="Text">It in words.</param>
/// <param name="Metric">The metric's key; null where it is about none.</param>
/// <param name="Variant">The variant's key; null where it is about none.</param>
/// <param name="PValue">Corrected for everything that was compared.</param>
public sealed record DecisionReason(string Text, string? Metric = null, string? Variant = null, double? Uplift = null, ConfidenceInterval? Interval = null, double? PValue = null);

/// <summary>What a comparison shows.</summary>
public enum Finding
{
    Undecided,
    Better,
    Worse,

    /// <summary>The whole interval lies within what does not matter.</summary>
    Equivalent,
}

/// <summary>A metric of a variant against the control, as far as deciding goes.</summary>
/// <param name="Uplift">Relative, and positive when greater, whichever way is better.</param>
/// <param name="PValue">Corrected.</param>
public sealed record MetricFinding(
    string Metric, string Name, string Variant, Finding Finding, double? Uplift = null, ConfidenceInterval? Interval = null, double? PValue = null, double? ChanceToWin = null);

/// <summary>Everything that a decision depends on.</summary>
public sealed record DecisionEvidence
{
    public required DateTimeOffset Now { get; init; }

    /// <summary>No unit comes any more: nothing is to be waited for.</summary>
    public bool IsOver { get; init; }

    /// <summary>How long it has run.</summary>
    public required double Days { get; init; }

    public double MinDays { get; init; }

    public double? MaxDays { get; init; }

    /// <summary>Units so far, over all variants.</summary>
    public required long Units { get; init; }

    /// <summary>Units of the smallest variant.</summary>
    public required long LeastUnits { get; init; }

    /// <summary>Units at which a test of a fixed horizon is read; null for one that may be read at any time.</summary>
    public long? ReadAtUnits { get; init; }

    /// <summary>Whether the test is of a fixed horizon, and so may be read once only, at its end.</summary>
    public bool ReadsOnce { get; init; }

    /// <summary>What a test that is read once said when it was; null before, and of tests that may be read at any time.</summary>
    public Decision? Reading { get; init; }

    public required SampleRatio SampleRatio { get; init; }

    /// <summary>Share of the units that met several variants.</summary>
    public double ShareInSeveral { get; init; }

    /// <summary>The treatments, by key, with their names.</summary>
    public required IReadOnlyList<(string Key, string Name)> Treatments { get; init; }

    /// <summary>Goals in the order of their weight, each for every treatment.</summary>
    public required IReadOnlyList<MetricFinding> Goals { get; init; }

    /// <summary>Guardrails that are hurt.</summary>
    public IReadOnlyList<MetricFinding> Hurt { get; init; } = [];

    /// <summary>More units that the goals need to show the smallest effect that matters; null where it cannot be told.</summary>
    public double? UnitsToGo { get; init; }
}
