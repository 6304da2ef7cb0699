namespace Loopai.Core.Rollouts;

/// <summary>How a version moves into service: by which stages, and what may stop it.</summary>
public sealed record RolloutPlan
{
    /// <summary>In order; the last is 100 percent.</summary>
    public IReadOnlyList<RolloutStage> Stages { get; init; } = DefaultStages;

    /// <summary>What may not get worse; judged by tests that share <see cref="Alpha"/>.</summary>
    public IReadOnlyList<RolloutGuardrail> Guardrails { get; init; } = DefaultGuardrails;

    /// <summary>Above one of these the rollout goes back at once.</summary>
    public IReadOnlyList<RolloutLimit> Limits { get; init; } = DefaultLimits;

    /// <summary>The chance that a faultless version is rolled back by its guardrails, over all of them and all looks together.</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>When it may move forward; empty for always. It goes back at any time.</summary>
    public IReadOnlyList<RolloutWindow> Windows { get; init; } = [];

    public static IReadOnlyList<RolloutStage> DefaultStages { get; } =
        [new(5, 10, 100), new(25, 30, 200), new(50, 60, 500), new(100, 60, 0)];

    public static IReadOnlyList<RolloutGuardrail> DefaultGuardrails { get; } =
    [
        new(RolloutMetric.Errors, 0.01), new(RolloutMetric.Timeouts, 0.01), new(RolloutMetric.InvalidOutputs, 0.01), new(RolloutMetric.LatencyP95, 0.25),
        new(RolloutMetric.Accuracy, 0.02),
    ];

    public static IReadOnlyList<RolloutLimit> DefaultLimits { get; } =
        [new(RolloutMetric.Errors, 0.2), new(RolloutMetric.Timeouts, 0.2), new(RolloutMetric.InvalidOutputs, 0.2)];
}

/// <param name="Percent">Of the units that get the new version: 0.01 to 100, in steps of 0.01.</param>
/// <param name="LeastMinutes">How long it stays here at least.</param>
/// <param name="LeastUnits">How many units have to have been answered by the new version in this stage before it goes on.</param>
public sealed record RolloutStage(double Percent, int LeastMinutes, int LeastUnits);

/// <param name="Metric">What is watched.</param>
/// <param name="Tolerance">
/// How much worse the new version may be: a share that is added (0.01 is one percentage point), and of latency the share by which the 95th percentile may be longer.
/// </param>
public sealed record RolloutGuardrail(RolloutMetric Metric, double Tolerance);

/// <param name="Metric">Errors, timeouts or invalid outputs.</param>
/// <param name="Share">The share of the new version's executions that may have it.</param>
public sealed record RolloutLimit(RolloutMetric Metric, double Share);

/// <summary>A part of the week, in the organization's time zone.</summary>
/// <param name="Days">On which days; empty for all.</param>
/// <param name="From">The first moment of the day.</param>
/// <param name="Until">The first moment after it; before <paramref name="From"/>, it is on the next day.</param>
public sealed record RolloutWindow(IReadOnlyList<DayOfWeek>? Days, TimeOnly From, TimeOnly Until)
{
    /// <summary>On which days; empty for all, which is also what leaving it out means.</summary>
    public IReadOnlyList<DayOfWeek> Days { get; init; } = Days ?? [];

    public bool Covers(DateTimeOffset at, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone);
        var time = TimeOnly.FromTimeSpan(local.TimeOfDay);
        return From < Until
            ? IsOn(local.DayOfWeek) && time >= From && time < Until
            : (IsOn(local.DayOfWeek) && time >= From) || (IsOn(local.AddDays(-1).DayOfWeek) && time < Until);
    }

    private bool IsOn(DayOfWeek day) => Days.Count == 0 || Days.Contains(day);
}

/// <summary>What may go wrong with a version.</summary>
public enum RolloutMetric
{
    /// <summary>The share of executions that end in an error.</summary>
    Errors,

    /// <summary>The share that takes too long and is stopped.</summary>
    Timeouts,

    /// <summary>The share whose answer does not fit the output schema.</summary>
    InvalidOutputs,

    /// <summary>The 95th percentile of the latency.</summary>
    LatencyP95,

    /// <summary>The share of right answers among those that were checked.</summary>
    Accuracy,
}
