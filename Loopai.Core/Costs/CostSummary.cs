using Loopai.Core.Costs.Forecasting;
using Loopai.Core.Costs.Ledger;

namespace Loopai.Core.Costs;

/// <summary>Which days are meant, as the organization's time zone cuts them.</summary>
/// <param name="From">The first day; null for thirty days up to the last.</param>
/// <param name="To">The last day; null for today.</param>
/// <param name="Tasks">What these tasks cost alone; null for everything.</param>
public sealed record CostRange(DateOnly? From = null, DateOnly? To = null, IReadOnlyCollection<Guid>? Tasks = null);

/// <summary>What was spent in some days, on what, and what the same would have cost as calls to language models.</summary>
/// <param name="Currency">ISO 4217.</param>
/// <param name="From">The first day.</param>
/// <param name="To">The last day.</param>
/// <param name="Spent">In all.</param>
/// <param name="SpentBefore">In as many days before.</param>
/// <param name="Unpriced">Charges that no price fits, which are in no sum.</param>
/// <param name="ByKind">By what was done.</param>
/// <param name="ByTask">By task, the dearest first.</param>
/// <param name="ByTeam">By the team that owned the task.</param>
/// <param name="ByKey">By key.</param>
/// <param name="ByEnvironment">By environment.</param>
/// <param name="ByExperiment">By experiment; what ran in none is left out.</param>
/// <param name="ByTag">By tag of the tasks as they are now. A task with two counts to both, so that parts can add up to more than the whole.</param>
/// <param name="Days">Every day.</param>
public sealed record CostSummary(
    string Currency, DateOnly From, DateOnly To, decimal Spent, decimal SpentBefore, long Unpriced, IReadOnlyList<KindCost> ByKind, IReadOnlyList<TaskCost> ByTask,
    IReadOnlyList<CostShare> ByTeam, IReadOnlyList<CostShare> ByKey, IReadOnlyList<CostShare> ByEnvironment, IReadOnlyList<CostShare> ByExperiment,
    IReadOnlyList<CostShare> ByTag, IReadOnlyList<DayCost> Days)
{
    /// <summary>What the tasks with a reference model would have cost as calls to it; null where none has one.</summary>
    public decimal? WouldHaveCost => ByTask.Any(t => t.WouldHaveCost is not null) ? ByTask.Sum(t => t.WouldHaveCost ?? 0) : null;

    /// <summary>What those tasks saved.</summary>
    public decimal? Saved => ByTask.Any(t => t.Saved is not null) ? ByTask.Sum(t => t.Saved ?? 0) : null;

    public long Executions => ByTask.Sum(t => t.Executions);

    /// <summary>Right answers, as far as verdicts let estimate.</summary>
    public decimal Correct => ByTask.Sum(t => t.Correct ?? 0);

    /// <summary>What the tasks whose accuracy is known cost for each right answer.</summary>
    public decimal? PerCorrect => Correct > 0 ? ByTask.Where(t => t.Correct is not null).Sum(t => t.Amount) / Correct : null;
}

/// <param name="Kind">What was done; adjustments are put down to what they correct.</param>
/// <param name="Amount">What it cost.</param>
/// <param name="Count">How often.</param>
/// <param name="Unpriced">How often without a price.</param>
public sealed record KindCost(CostKind Kind, decimal Amount, long Count, long Unpriced);

/// <param name="Id">Which one; null for what belongs to none.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Amount">What it cost.</param>
/// <param name="Executions">How many executions.</param>
/// <param name="Unpriced">Charges without a price.</param>
public sealed record CostShare(Guid? Id, string Name, decimal Amount, long Executions, long Unpriced);

/// <param name="Day">The day.</param>
/// <param name="Spent">What it cost.</param>
/// <param name="WouldHaveCost">What the tasks with a reference model would have cost as calls to it; null where none of those that ran has one with a price.</param>
/// <param name="Executions">How many executions.</param>
public sealed record DayCost(DateOnly Day, decimal Spent, decimal? WouldHaveCost, long Executions);

/// <param name="TaskId">The task; null for what belongs to none.</param>
/// <param name="Name">Its name.</param>
/// <param name="Amount">What it cost in all.</param>
/// <param name="Execution">Its executions.</param>
/// <param name="Validation">Checking its answers.</param>
/// <param name="Generation">Making its versions.</param>
/// <param name="Executions">How many executions.</param>
/// <param name="Unpriced">Charges without a price.</param>
/// <param name="Reference">The model that it is compared with; null for none.</param>
/// <param name="WouldHaveCost">What its executions would have cost as calls to that; null without one or its price.</param>
/// <param name="Accuracy">The estimated share of right answers; null without verdicts.</param>
public sealed record TaskCost(
    Guid? TaskId, string Name, decimal Amount, decimal Execution, decimal Validation, decimal Generation, long Executions, long Unpriced, string? Reference,
    decimal? WouldHaveCost, double? Accuracy)
{
    public decimal? Saved => WouldHaveCost - Amount;

    public decimal? Correct => Accuracy is { } share ? (decimal)share * Executions : null;

    /// <summary>Everything that the task cost ÷ its right answers.</summary>
    public decimal? PerCorrect => Correct > 0 ? Amount / Correct : null;

    /// <summary>What a thousand executions cost.</summary>
    public decimal? PerThousand => Executions > 0 ? Amount * 1000 / Executions : null;
}

/// <summary>What the coming days will cost.</summary>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Today">Today, in the organization's time zone.</param>
/// <param name="Month">To the end of the month.</param>
/// <param name="Next90">The ninety days from today on.</param>
/// <param name="Past">The days gone by that it rests on.</param>
/// <param name="Forecast">Day by day.</param>
/// <param name="Notes">Why something cannot be told.</param>
public sealed record CostForecast(
    string Currency, DateOnly Today, Outlook Month, Outlook Next90, IReadOnlyList<DayCost> Past, SpendForecast Forecast, IReadOnlyList<string> Notes);
