using Loopai.Core.Costs.Ledger;
using Loopai.Core.Data;

namespace Loopai.Core.Costs.Budgets;

/// <summary>What a part of the organization may spend in a period, and what happens when it does.</summary>
public sealed class Budget : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required string Name { get; set; }

    public required ScopeKind Scope { get; init; }

    public required Guid ScopeId { get; init; }

    public required BudgetPeriod Period { get; set; }

    /// <summary>Of a rolling period: how many days, today included.</summary>
    public int? RollingDays { get; set; }

    /// <summary>In the organization's currency.</summary>
    public required decimal Amount { get; set; }

    public BudgetAction Action { get; set; }

    /// <summary>Of a throttle: executions a minute that are let through when the budget is used up.</summary>
    public int? ThrottlePerMinute { get; set; }

    /// <summary>When to tell, each once a period.</summary>
    public IReadOnlyList<BudgetThreshold> Thresholds { get; set; } = [];

    /// <summary>Members' addresses that are told.</summary>
    public IReadOnlyList<string> Emails { get; set; } = [];

    /// <summary>
    /// An address that the budget told by itself, unsigned, before webhooks could; null for none. Nothing is sent there any more: it stays readable until somebody makes a webhook of
    /// <c>budget.threshold</c> for it, and goes when the budget is saved without it.
    /// </summary>
    public string? Webhook { get; set; }

    /// <summary>Counts edits; the ETag of the budget.</summary>
    public int Revision { get; set; } = 1;

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public LedgerScope Part => new(Scope, ScopeId);

    /// <summary>Whether it stops anything.</summary>
    public bool Enforces => Action != BudgetAction.Alert;
}

/// <param name="Percent">Of the amount.</param>
/// <param name="Basis">What is held against it.</param>
public sealed record BudgetThreshold(decimal Percent, ThresholdBasis Basis);

/// <summary>What a threshold is held against.</summary>
public enum ThresholdBasis
{
    /// <summary>What is spent.</summary>
    Actual,

    /// <summary>What will be spent when the period ends, as foreseen.</summary>
    Forecast,
}

/// <summary>When a budget begins anew.</summary>
public enum BudgetPeriod
{
    Day,

    /// <summary>With Monday.</summary>
    Week,

    Month,

    /// <summary>Never: it looks back over some days.</summary>
    Rolling,
}

/// <summary>What happens when a budget is used up.</summary>
public enum BudgetAction
{
    /// <summary>People are told, nothing is stopped.</summary>
    Alert,

    /// <summary>A few executions a minute are let through.</summary>
    Throttle,

    /// <summary>None is.</summary>
    Stop,
}

/// <summary>
/// How far an enforcing budget is used up in a period. Whoever reserves, reserves here first: what is settled, held and charged otherwise never grows beyond
/// the amount by a reservation.
/// </summary>
public sealed class BudgetMeter : ITenantOwned
{
    public required Guid OrganizationId { get; init; }

    public required Guid BudgetId { get; init; }

    /// <summary>The period's name.</summary>
    public required string Period { get; init; }

    /// <summary>What executions have cost.</summary>
    public decimal Settled { get; set; }

    /// <summary>What instances have reserved and not settled.</summary>
    public decimal Held { get; set; }

    /// <summary>What everything else has cost, as of a minute ago at most.</summary>
    public decimal Others { get; set; }

    /// <summary>Of a throttle: when its bucket is full again, in microseconds since 1970.</summary>
    public long FullAtUs { get; set; }
}

/// <summary>What one instance holds of a budget. One that is not heard of in time is taken for dead, and what it held is found out from the ledger.</summary>
public sealed class BudgetLease : ITenantOwned
{
    public required Guid OrganizationId { get; init; }

    public required Guid BudgetId { get; init; }

    public required string Period { get; init; }

    public required Guid InstanceId { get; init; }

    public decimal Held { get; set; }

    public DateTimeOffset Until { get; set; }
}

/// <summary>That a threshold was passed. There is one row for a threshold and a period, so that it is told once whoever finds it.</summary>
public sealed class BudgetAlert : ITenantOwned, IHistory
{
    public required Guid OrganizationId { get; init; }

    public required Guid BudgetId { get; init; }

    public required string Period { get; init; }

    public required decimal Percent { get; init; }

    public required ThresholdBasis Basis { get; init; }

    /// <summary>What was spent then.</summary>
    public decimal Spent { get; init; }

    /// <summary>What was foreseen then for the end of the period; null where nobody asked.</summary>
    public decimal? Expected { get; init; }

    /// <summary>The amount of the budget then.</summary>
    public decimal Amount { get; init; }

    public required DateTimeOffset At { get; init; }
}
