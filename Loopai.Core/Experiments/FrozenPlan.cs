using System.Text.Json;
using System.Text.Json.Serialization;
using Loopai.Core.Data;
using Loopai.Core.Experiments.Metrics;

namespace Loopai.Core.Experiments;

/// <summary>
/// Everything by which an experiment was going to be run and judged when it started. Its hash proves that a report is held to what was said before
/// the first result was there; what is changed later is a deviation.
/// </summary>
public sealed record FrozenPlan
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public required string Hypothesis { get; init; }

    public required Guid TaskId { get; init; }

    public required IReadOnlyList<Variant> Variants { get; init; }

    public required double Coverage { get; init; }

    public required string Seed { get; init; }

    /// <summary>The second version of the hash: no other is used here.</summary>
    public int HashVersion { get; init; } = 2;

    public required bool RequiresUnit { get; init; }

    public JsonElement? Targeting { get; init; }

    public NamespaceShare? Namespace { get; init; }

    public PlannedHoldout? Holdout { get; init; }

    public required IReadOnlyList<PlannedMetric> Metrics { get; init; }

    public required IReadOnlyList<string> Segments { get; init; }

    public required AnalysisPlan Analysis { get; init; }

    public AutomaticWinner? AutomaticWinner { get; init; }

    public CircuitBreaker? Breaker { get; init; }

    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>The experiment as it stands, with its metrics spelled out.</summary>
    public static FrozenPlan Of(Experiment experiment, IReadOnlyList<PlannedMetric> metrics, Holdout? holdout) => new()
    {
        Hypothesis = experiment.Hypothesis,
        TaskId = experiment.TaskId,
        Variants = experiment.Variants,
        Coverage = experiment.Coverage,
        Seed = experiment.Seed,
        RequiresUnit = experiment.RequiresUnit,
        Targeting = experiment.Targeting is { } targeting ? JsonElement.Parse(targeting) : null,
        Namespace = experiment.Namespace,
        Holdout = holdout is null ? null : new PlannedHoldout(holdout.Key, holdout.Share),
        Metrics = metrics,
        Segments = experiment.Segments,
        Analysis = experiment.Plan,
        AutomaticWinner = experiment.AutomaticWinner,
        Breaker = experiment.Breaker,
        EndsAt = experiment.EndsAt,
    };

    public static FrozenPlan Parse(string text) => JsonSerializer.Deserialize<FrozenPlan>(text, Json)!;

    /// <summary>Its canonical text, which is hashed: white space and the order of members make no difference.</summary>
    public string ToCanonicalJson() => CanonicalJson.Text(JsonSerializer.SerializeToElement(this, Json));

    /// <summary>SHA-256 of a plan's canonical text, in hexadecimal.</summary>
    public static string HashOf(string canonical) => Convert.ToHexStringLower(CanonicalJson.Hash(canonical));

    /// <summary>The members in which another plan differs, each with what it was and what it is.</summary>
    public IReadOnlyList<PlanDifference> DifferencesFrom(FrozenPlan before)
    {
        var (mine, theirs) = (JsonSerializer.SerializeToElement(this, Json), JsonSerializer.SerializeToElement(before, Json));
        return
        [
            .. mine.EnumerateObject().Select(p => p.Name).Union(theirs.EnumerateObject().Select(p => p.Name), StringComparer.Ordinal)
                .Select(name => new PlanDifference(name, Member(theirs, name), Member(mine, name)))
                .Where(d => d.Before is { } was && d.After is { } now ? !JsonElement.DeepEquals(was, now) : d.Before is not null || d.After is not null),
        ];
    }

    private static JsonElement? Member(JsonElement plan, string name) => plan.TryGetProperty(name, out var value) ? value : null;
}

/// <param name="Role">What it is watched for.</param>
/// <param name="MinimumEffect">The smallest relative change that matters.</param>
/// <param name="Definition">What it measures.</param>
public sealed record PlannedMetric(MetricRole Role, double MinimumEffect, MetricDefinition Definition);

/// <param name="Key">Its name.</param>
/// <param name="Share">The share of the units that it keeps out.</param>
public sealed record PlannedHoldout(string Key, double Share)
{
    /// <summary>What no experiment's seed begins with: one of the same name would lose the units of its control alone.</summary>
    internal const string SeedPrefix = "holdout:";

    /// <summary>The seed of its hash.</summary>
    internal string Seed { get; } = SeedPrefix + Key;
}

/// <param name="Field">The part of the plan.</param>
/// <param name="Before">What it was.</param>
/// <param name="After">What it is.</param>
public sealed record PlanDifference(string Field, JsonElement? Before, JsonElement? After);
