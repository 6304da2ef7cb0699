namespace Loopai.Core.Costs.Ledger;

/// <summary>What charges would be by the prices of today, against what they were.</summary>
/// <param name="Currency">ISO 4217.</param>
/// <param name="From">The first day of UTC.</param>
/// <param name="To">The last day.</param>
/// <param name="Charged">What the ledger says now, earlier adjustments included.</param>
/// <param name="Repriced">What it would say.</param>
/// <param name="NewlyPriced">Charges that had no price and would get one.</param>
/// <param name="StillUnpriced">Charges that no price fits yet.</param>
/// <param name="Items">By what was counted and task; those that change nothing are left out.</param>
public sealed record RepricePreview(
    string Currency, DateOnly From, DateOnly To, decimal Charged, decimal Repriced, long NewlyPriced, long StillUnpriced, IReadOnlyList<RepriceItem> Items)
{
    public decimal Difference => Repriced - Charged;
}

/// <param name="Meter">What was counted: <c>compute:python</c>.</param>
/// <param name="TaskId">For which task.</param>
/// <param name="Task">Its name.</param>
/// <param name="Charged">What the ledger says now.</param>
/// <param name="Repriced">What it would say.</param>
/// <param name="NewlyPriced">Charges that would get a price.</param>
public sealed record RepriceItem(string Meter, Guid? TaskId, string Task, decimal Charged, decimal Repriced, long NewlyPriced)
{
    public decimal Difference => Repriced - Charged;
}

/// <summary>Usage that no price fits.</summary>
/// <param name="Meter">What was counted: <c>check:person</c>.</param>
/// <param name="Count">How many charges.</param>
/// <param name="Quantity">How many seconds, calls or checks.</param>
/// <param name="First">The first hour of it.</param>
/// <param name="Last">The last.</param>
/// <param name="IsPricedNow">Whether a price has been added meanwhile, so that re-pricing settles it.</param>
public sealed record UnpricedUsage(string Meter, long Count, decimal Quantity, DateTimeOffset First, DateTimeOffset Last, bool IsPricedNow);

/// <summary>To what an adjustment is put down.</summary>
internal sealed record RepriceKey(
    CostKind Kind, string Meter, DateOnly Day, Guid? TaskId, int? Version, Guid? EnvironmentId, Guid? KeyId, Guid? TeamId, Guid? ExperimentId);

/// <summary>Charges of one kind on one day, with what they would be.</summary>
internal sealed class RepriceSum
{
    public decimal Charged { get; set; }

    public decimal Repriced { get; set; }

    public decimal Adjusted { get; set; }

    public long Count { get; set; }

    public long Unpriced { get; set; }

    public long PricedNow { get; set; }

    public long Settled { get; set; }

    public Guid? PriceId { get; set; }

    public long NewlyPriced => Math.Max(0, PricedNow - Settled);

    /// <summary>Every charge was rounded by itself, so that less than a unit of the last place for each is no difference.</summary>
    public decimal Difference => Repriced - Charged - Adjusted is var difference && Math.Abs(difference) <= Count * RoundingEach ? 0 : difference;

    private const decimal RoundingEach = 0.000000000001m;
}
