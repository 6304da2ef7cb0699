using System.Text.Json;
using System.Text.Json.Serialization;
using Loopai.Core.Data;

namespace Loopai.Core.Rollouts;

/// <summary>The staged move of a task's traffic, in one environment, to another version.</summary>
public sealed class Rollout : ITenantOwned, ITaskOwned
{
    /// <summary>All units, in hundredths of a percent.</summary>
    public const int Whole = 10_000;

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>Whose executions are moved, and judged.</summary>
    public required Guid EnvironmentId { get; init; }

    public required Guid TaskId { get; init; }

    /// <summary>The version that is to answer.</summary>
    public required int Version { get; init; }

    /// <summary>The version that answered when it began, and answers again when it is rolled back.</summary>
    public required int BaseVersion { get; init; }

    public RolloutStatus Status { get; set; } = RolloutStatus.Running;

    /// <summary>From 0.</summary>
    public int Stage { get; set; }

    /// <summary>The part of the units that gets the version now, in hundredths of a percent; 0 when it has ended.</summary>
    public int Share { get; set; }

    /// <summary>The JSON of a <see cref="RolloutPlan"/>.</summary>
    public required string Plan { get; init; }

    /// <summary>The JSON of a list of <see cref="PassedStage"/>, the one at hand the last.</summary>
    public required string Course { get; set; }

    /// <summary>Executions above it are slow, in microseconds; null until the version in service has been seen often enough.</summary>
    public long? LatencyLineUs { get; set; }

    /// <summary>The JSON of the last <see cref="RolloutJudgement"/> since the last step, or of the one that ended it.</summary>
    public string? Judgement { get; set; }

    /// <summary>Why it ended.</summary>
    public string? Reason { get; set; }

    public required string StartedBy { get; init; }

    /// <summary>The person who is told how it ended.</summary>
    public Guid? StartedById { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public string? EndedBy { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Counts steps; of two that would take the next one, one is told that it came late.</summary>
    public int Revision { get; set; } = 1;

    /// <summary>When it is judged next. Whoever moves this is the one who judges.</summary>
    public required DateTimeOffset NextLookAt { get; set; }
}

/// <summary>A stage that a rollout is or was in.</summary>
/// <param name="Stage">Its place in the plan, from 0.</param>
/// <param name="From">When it began.</param>
/// <param name="Until">When it ended; null for the one at hand.</param>
/// <param name="Seen">What was seen of it, once it was over; verdicts that come later are added when it is read.</param>
public sealed record PassedStage(int Stage, DateTimeOffset From, DateTimeOffset? Until = null, StageEvidence? Seen = null);

/// <summary>Something that happened to a rollout.</summary>
public sealed class RolloutEvent : ITenantOwned, ITaskOwned, IHistory
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid TaskId { get; init; }

    public required Guid RolloutId { get; init; }

    /// <summary><c>started</c>, <c>advanced</c>, <c>skipped</c>, <c>paused</c>, <c>resumed</c>, <c>completed</c>, <c>rolled_back</c> or <c>aborted</c>.</summary>
    public required string Action { get; init; }

    /// <summary>The stage it was in afterwards, from 0.</summary>
    public required int Stage { get; init; }

    /// <summary>Why, in a sentence.</summary>
    public required string Sentence { get; init; }

    /// <summary>The JSON of the <see cref="RolloutJudgement"/> behind it.</summary>
    public string? Evidence { get; init; }

    public required string By { get; init; }

    public required DateTimeOffset At { get; init; }
}

/// <summary>Where a rollout is in its life.</summary>
public enum RolloutStatus
{
    Running,

    /// <summary>It keeps its share and goes back if it has to, but not on.</summary>
    Paused,

    /// <summary>The version answers the task.</summary>
    Completed,

    /// <summary>Its gates took it back.</summary>
    RolledBack,

    /// <summary>A person ended it, or another version was activated.</summary>
    Aborted,
}

/// <summary>How rollouts are kept as text.</summary>
public static class RolloutJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static RolloutPlan PlanOf(Rollout rollout) => JsonSerializer.Deserialize<RolloutPlan>(rollout.Plan, Options)!;

    public static IReadOnlyList<PassedStage> CourseOf(Rollout rollout) => JsonSerializer.Deserialize<List<PassedStage>>(rollout.Course, Options)!;

    public static RolloutJudgement? JudgementOf(string? text) => text is null ? null : JsonSerializer.Deserialize<RolloutJudgement>(text, Options);
}
