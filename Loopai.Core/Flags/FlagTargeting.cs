using System.Text.Json;
using System.Text.Json.Serialization;

namespace Loopai.Core.Flags;

/// <summary>One of the values that a flag can have.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Value">A value of the flag's type.</param>
public sealed record FlagVariation(string? Key, JsonElement Value);

/// <summary>What a flag is in one environment: whether it is on, for whom it is what, and when.</summary>
public sealed record FlagTargeting
{
    /// <summary>Off answers the flag's off-variation to everybody, whatever else is said here.</summary>
    public bool On { get; init; }

    /// <summary>The first rule that matches decides.</summary>
    public IReadOnlyList<FlagRule> Rules { get; init; } = [];

    /// <summary>What everybody else gets.</summary>
    public FlagServe? Otherwise { get; init; }

    /// <summary>When the flag is on; null for always.</summary>
    public FlagSchedule? Schedule { get; init; }
}

/// <summary>For whom a flag is what.</summary>
public sealed record FlagRule
{
    /// <summary>What people call it.</summary>
    public string? Name { get; init; }

    /// <summary>A condition on the context, such as <c>{"plan": "premium"}</c>; undefined for everybody.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public JsonElement Condition { get; init; }

    /// <summary>What they get.</summary>
    public FlagServe? Serve { get; init; }

    /// <summary>When the rule counts; null for always.</summary>
    public FlagSchedule? Schedule { get; init; }
}

/// <summary>What is answered: one variation, or several by percentage.</summary>
public sealed record FlagServe
{
    /// <summary>The variation that all of them get.</summary>
    public string? Variation { get; init; }

    /// <summary>Which part of them gets which variation; the parts sum to 100.</summary>
    public IReadOnlyList<FlagShare>? Split { get; init; }

    /// <summary>The attribute of the context that is split by; <c>targetingKey</c> unless given.</summary>
    public string? By { get; init; }
}

/// <param name="Variation">The variation.</param>
/// <param name="Percent">0 to 100, in steps of 0.01.</param>
public sealed record FlagShare(string? Variation, double Percent);

/// <summary>A stretch of time.</summary>
/// <param name="From">From then on; null for always before.</param>
/// <param name="Until">Until then; null for ever.</param>
public sealed record FlagSchedule(DateTimeOffset? From, DateTimeOffset? Until)
{
    public bool Covers(DateTimeOffset at) => (From is null || at >= From) && (Until is null || at < Until);
}

/// <summary>How flags are kept as text.</summary>
public static class FlagJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static IReadOnlyList<FlagVariation> VariationsOf(FeatureFlag flag) => JsonSerializer.Deserialize<List<FlagVariation>>(flag.Variations, Options)!;

    public static FlagTargeting TargetingOf(FlagEnvironment environment) => JsonSerializer.Deserialize<FlagTargeting>(environment.Targeting, Options)!;

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);
}
