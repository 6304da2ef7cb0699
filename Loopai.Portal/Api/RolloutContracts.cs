using Loopai.Core.Errors;
using Loopai.Core.Rollouts;

namespace Loopai.Portal.Api;

/// <summary>What is asked of a new rollout; what is left out is as usual.</summary>
public sealed record RolloutRequest
{
    /// <summary>The version to roll out.</summary>
    public int? Version { get; init; }

    /// <summary>Each greater than the one before, the last of 100 percent.</summary>
    public IReadOnlyList<RolloutStage>? Stages { get; init; }

    /// <summary>What may not get worse.</summary>
    public IReadOnlyList<RolloutGuardrail>? Guardrails { get; init; }

    /// <summary>What takes it back at once.</summary>
    public IReadOnlyList<RolloutLimit>? Limits { get; init; }

    /// <summary>The chance that the guardrails take a faultless version back.</summary>
    public double? Alpha { get; init; }

    /// <summary>When it may move forward.</summary>
    public IReadOnlyList<RolloutWindow>? Windows { get; init; }

    /// <summary>Whether a draft may be rolled out.</summary>
    public bool? Force { get; init; }

    public int DemandVersion() => Version ?? throw new InvalidException("rollout.invalid", "version", "Name the version to roll out, such as 2.");

    public RolloutPlan ToPlan()
    {
        var usual = new RolloutPlan();
        return new RolloutPlan
        {
            Stages = Stages ?? usual.Stages, Guardrails = Guardrails ?? usual.Guardrails, Limits = Limits ?? usual.Limits, Alpha = Alpha ?? usual.Alpha, Windows = Windows ?? usual.Windows,
        };
    }
}

/// <summary>Why somebody steers a rollout.</summary>
public sealed record RolloutStepRequest
{
    public string? Reason { get; init; }
}

/// <summary>A rollout as the API shows it.</summary>
public sealed record RolloutResponse(
    Guid Id, Guid TaskId, Guid EnvironmentId, int Version, int BaseVersion, RolloutStatus Status, int Stage, double Percent, RolloutPlan Plan, IReadOnlyList<RolloutStageResponse> Course,
    RolloutJudgement? Judgement, double? LatencyLineMs, string? Reason, string StartedBy, DateTimeOffset StartedAt, string? EndedBy, DateTimeOffset? EndedAt, DateTimeOffset NextLookAt)
{
    public static RolloutResponse Of(Rollout rollout) => new(
        rollout.Id, rollout.TaskId, rollout.EnvironmentId, rollout.Version, rollout.BaseVersion, rollout.Status, rollout.Stage + 1, rollout.Share / 100.0, RolloutJson.PlanOf(rollout),
        [.. RolloutJson.CourseOf(rollout).Select(p => new RolloutStageResponse(p.Stage + 1, p.From, p.Until))], RolloutJson.JudgementOf(rollout.Judgement),
        rollout.LatencyLineUs / 1000.0, rollout.Reason, rollout.StartedBy, rollout.StartedAt, rollout.EndedBy, rollout.EndedAt, rollout.NextLookAt);
}

/// <summary>A stage that a rollout is or was in, from 1.</summary>
public sealed record RolloutStageResponse(int Stage, DateTimeOffset From, DateTimeOffset? Until);

/// <summary>Something that happened to a rollout.</summary>
public sealed record RolloutEventResponse(Guid Id, string Action, int Stage, string Sentence, RolloutJudgement? Evidence, string By, DateTimeOffset At)
{
    public static RolloutEventResponse Of(RolloutEvent happened) => new(
        happened.Id, happened.Action, happened.Stage + 1, happened.Sentence, RolloutJson.JudgementOf(happened.Evidence), happened.By, happened.At);
}

/// <summary>A rollout takes few steps, so they come in one window.</summary>
public sealed record RolloutEventList(IReadOnlyList<RolloutEventResponse> Items, string? NextCursor);
