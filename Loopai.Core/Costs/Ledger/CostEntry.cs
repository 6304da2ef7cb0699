using Loopai.Core.Data;

namespace Loopai.Core.Costs.Ledger;

/// <summary>
/// A charge, or its adjustment. Executions carry their charge on their own row, and roll-ups add it up; everything else has one here. What was charged
/// is never changed: a difference found later is an entry of its own.
/// </summary>
public sealed class CostEntry : ITenantOwned, IHistory
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required CostKind Kind { get; init; }

    /// <summary>Of an adjustment: the kind of charges that it corrects.</summary>
    public CostKind? Adjusts { get; init; }

    /// <summary>The validation, the generation job, the report's run, or the re-pricing.</summary>
    public required Guid SubjectId { get; init; }

    /// <summary>When that happened, by which its price is found: of an adjustment, when what it corrects did.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What was counted: <c>compute:python</c>, <c>check:person</c>.</summary>
    public required string Meter { get; init; }

    /// <summary>Seconds, calls or checks.</summary>
    public decimal Quantity { get; init; }

    /// <summary>In <see cref="Currency"/>; null while nothing prices it.</summary>
    public decimal? Amount { get; init; }

    /// <summary>Of an adjustment: how many charges without a price it gives one.</summary>
    public long Settles { get; init; }

    public required string Currency { get; init; }

    public Guid? PriceId { get; init; }

    public Guid? TaskId { get; init; }

    public int? Version { get; init; }

    public Guid? EnvironmentId { get; init; }

    public Guid? TeamId { get; init; }

    public Guid? KeyId { get; init; }

    public Guid? ExperimentId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>What costs something.</summary>
public enum CostKind
{
    Execution,
    Validation,
    Generation,
    Report,
    Adjustment,
}
