using System.Globalization;

namespace Loopai.Core.Costs.Budgets;

/// <summary>The period of a budget that counts at a moment.</summary>
/// <param name="Key">Its name: the same on every instance, another for another period.</param>
/// <param name="AlertKey">The name by which a threshold is told once. A rolling period is cut into stretches of its length for it, as it never begins anew.</param>
/// <param name="First">Its first day.</param>
/// <param name="Last">Its last day.</param>
/// <param name="From">The moment at which it begins.</param>
/// <param name="To">The moment at which it ends.</param>
internal sealed record BudgetSpan(string Key, string AlertKey, DateOnly First, DateOnly Last, DateTimeOffset From, DateTimeOffset To)
{
    public static BudgetSpan Of(BudgetPeriod period, int? rollingDays, LocalDays days, DateTimeOffset now)
    {
        var today = days.DayOf(now);
        var (first, last) = period switch
        {
            BudgetPeriod.Day => (today, today),
            BudgetPeriod.Week => Week(today),
            BudgetPeriod.Month => (new DateOnly(today.Year, today.Month, 1), LocalDays.MonthEnd(today)),
            BudgetPeriod.Rolling => (today.AddDays(1 - (rollingDays ?? 1)), today),
        };
        var key = string.Create(CultureInfo.InvariantCulture, $"{period.ToString().ToLowerInvariant()}:{(period == BudgetPeriod.Rolling ? last : first):yyyy-MM-dd}");
        var alertKey = period == BudgetPeriod.Rolling ? string.Create(CultureInfo.InvariantCulture, $"rolling:{today.DayNumber / (rollingDays ?? 1)}") : key;
        return new BudgetSpan(key, alertKey, first, last, days.StartOf(first), days.StartOf(last.AddDays(1)));
    }

    private static (DateOnly First, DateOnly Last) Week(DateOnly today)
    {
        var monday = today.AddDays(-(((int)today.DayOfWeek + 6) % 7));
        return (monday, monday.AddDays(6));
    }
}
