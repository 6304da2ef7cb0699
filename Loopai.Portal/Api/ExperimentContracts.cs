using System.Text.Json;
using Loopai.Core.Experiments;
using Loopai.Core.Experiments.Analysis;

namespace Loopai.Portal.Api;

/// <summary>Why something is done.</summary>
public sealed record ReasonRequest
{
    /// <summary>For the record.</summary>
    public string? Reason { get; init; }
}

/// <summary>How an experiment starts.</summary>
public sealed record StartRequest
{
    /// <summary>For the record.</summary>
    public string? Reason { get; init; }

    /// <summary>A moment of the past at which it is to have started; only callers that may import can say so.</summary>
    public DateTimeOffset? StartedAt { get; init; }
}

/// <summary>How the copy is called.</summary>
public sealed record CloneRequest
{
    public string? Name { get; init; }
}

/// <summary>When it starts, and when it ends.</summary>
public sealed record ScheduleRequest
{
    public DateTimeOffset? StartsAt { get; init; }

    public DateTimeOffset? EndsAt { get; init; }
}

/// <param name="Status">Where the experiment is in its life.</param>
/// <param name="PlanHash">SHA-256 of the plan that it is held to.</param>
/// <param name="Result">What is known; null before the first result.</param>
public sealed record ResultResponse(ExperimentStatus Status, string? PlanHash, ExperimentSnapshot? Result);

/// <param name="Warnings">What somebody should know.</param>
public sealed record WarningList(IReadOnlyList<ExperimentWarning> Warnings);

/// <summary>An experiment as the API shows it.</summary>
public sealed record ExperimentResponse(
    Guid Id, string Key, Guid TaskId, string Name, string Hypothesis, ExperimentStatus Status, IReadOnlyList<Variant> Variants, double Coverage, string Seed, bool RequiresUnit,
    JsonElement? Targeting, NamespaceShare? Namespace, Guid? HoldoutId, IReadOnlyList<ForcedVariant> Forced, IReadOnlyList<ChosenMetric> Metrics, IReadOnlyList<string> Segments,
    AnalysisPlan Plan, AutomaticWinner? AutomaticWinner, CircuitBreaker? Breaker, bool RequiresApproval, ApprovalResponse? Approval, DateTimeOffset? StartsAt, DateTimeOffset? EndsAt,
    DateTimeOffset? StartedAt, DateTimeOffset? StoppedAt, string? PlanHash, JsonElement? FrozenPlan, ExperimentDecision? Decision, PendingWinner? PendingWinner, int Revision,
    string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static ExperimentResponse Of(Experiment e) => new(
        e.Id, e.Key, e.TaskId, e.Name, e.Hypothesis, e.Status, e.Variants, e.Coverage, e.Seed, e.RequiresUnit, Json(e.Targeting), e.Namespace, e.HoldoutId, e.Forced, e.Metrics,
        e.Segments, e.Plan, e.AutomaticWinner, e.Breaker, e.RequiresApproval, ApprovalResponse.Of(e.Approval), e.StartsAt, e.EndsAt, e.StartedAt, e.StoppedAt, e.PlanHash,
        Json(e.FrozenPlan), e.Decision, e.PendingWinner, e.Revision, e.CreatedBy, e.CreatedAt, e.UpdatedAt);

    private static JsonElement? Json(string? text) => text is null ? null : JsonElement.Parse(text);
}

/// <summary>Who asked for an approval, and who gave it.</summary>
public sealed record ApprovalResponse(string RequestedBy, DateTimeOffset RequestedAt, string? ApprovedBy, DateTimeOffset? ApprovedAt)
{
    public static ApprovalResponse? Of(Approval? approval) =>
        approval is null ? null : new(approval.RequestedBy, approval.RequestedAt, approval.ApprovedBy, approval.ApprovedAt);
}

/// <summary>A line of the history.</summary>
public sealed record ExperimentChangeResponse(
    Guid Id, DateTimeOffset At, string Action, string By, string? Reason, string? Effect, JsonElement? Details, bool IsDeviation)
{
    public static ExperimentChangeResponse Of(ExperimentChange c) =>
        new(c.Id, c.At, c.Action, c.By, c.Reason, c.Effect, c.Details is null ? null : JsonElement.Parse(c.Details), c.IsDeviation);
}
