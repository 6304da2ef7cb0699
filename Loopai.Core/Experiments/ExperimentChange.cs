using Loopai.Core.Data;

namespace Loopai.Core.Experiments;

/// <summary>A line of an experiment's history: what was done, by whom and why, and what it did to the traffic.</summary>
public sealed class ExperimentChange : ITenantOwned, IHistory
{
    public const int MaxReasonLength = 2000;
    public const int MaxEffectLength = 500;

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid ExperimentId { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary><c>created</c>, <c>edited</c>, <c>started</c>, …</summary>
    public required string Action { get; init; }

    public required string By { get; init; }

    public required string ByKind { get; init; }

    /// <summary>The words of whoever did it.</summary>
    public string? Reason { get; init; }

    /// <summary>What it did to the traffic, as a sentence; null where it did nothing.</summary>
    public string? Effect { get; init; }

    /// <summary>What else there is to know, as JSON: the fields that changed, the evidence.</summary>
    public string? Details { get; init; }

    /// <summary>Whether it departs from the plan that was frozen at the start.</summary>
    public bool IsDeviation { get; init; }
}
