namespace Loopai.Core.Flags;

/// <summary>What a flag is to be.</summary>
public sealed record FlagDefinition
{
    public string? Key { get; init; }

    public string? Description { get; init; }

    public FlagType? Type { get; init; }

    /// <summary>For a boolean flag <c>on</c> and <c>off</c> unless given.</summary>
    public IReadOnlyList<FlagVariation>? Variations { get; init; }

    /// <summary>For a boolean flag <c>off</c>, for others the first variation unless given.</summary>
    public string? OffVariation { get; init; }
}

/// <summary>What of a flag's answers in one environment is to change; what is null stays.</summary>
public sealed record FlagTargetingChange
{
    public bool? On { get; init; }

    public IReadOnlyList<FlagRule>? Rules { get; init; }

    public FlagServe? Otherwise { get; init; }

    public FlagSchedule? Schedule { get; init; }

    /// <summary>Takes the schedule away.</summary>
    public bool WithoutSchedule { get; init; }

    /// <summary>Why, for the history.</summary>
    public string? Note { get; init; }

    internal FlagTargeting ApplyTo(FlagTargeting before) => new()
    {
        On = On ?? before.On,
        Rules = Rules ?? before.Rules,
        Otherwise = Otherwise ?? before.Otherwise,
        Schedule = WithoutSchedule ? null : Schedule ?? before.Schedule,
    };
}

/// <param name="Search">Part of the key or the description.</param>
/// <param name="Archived">Those that are archived instead of those that are not.</param>
public sealed record FlagFilter(string? Search = null, bool Archived = false);

/// <summary>A flag in a list, with what it is in the caller's environment.</summary>
public sealed record FlagItem(FeatureFlag Flag, FlagTargeting Targeting, DateTimeOffset ChangedAt);

/// <summary>A flag with what it is in every environment.</summary>
public sealed record FlagDetail(FeatureFlag Flag, IReadOnlyList<FlagVariation> Variations, IReadOnlyList<FlagInEnvironment> Environments);

/// <param name="EnvironmentId">The environment.</param>
/// <param name="Key">Its short name.</param>
/// <param name="Targeting">What the flag is there.</param>
/// <param name="Revision">Counts changes there; 0 where nobody has said anything yet.</param>
public sealed record FlagInEnvironment(Guid EnvironmentId, string Key, FlagTargeting Targeting, int Revision);

/// <summary>What a flag is for a context, step by step.</summary>
public sealed record FlagExplanation(FlagAnswer Answer, IReadOnlyList<FlagStep> Steps);
