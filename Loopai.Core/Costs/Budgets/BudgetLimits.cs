using Loopai.Core.Costs.Prices;
using Loopai.Core.Programs;

namespace Loopai.Core.Costs.Budgets;

/// <summary>What an execution may cost at most, which is what is reserved for it.</summary>
internal static class BudgetLimits
{
    /// <summary>A model answers in process within a millisecond or so; one that takes longer than this is settled as it is.</summary>
    private const int MostModelMs = 100;

    /// <summary>The price of the whole time that it may take; null where it has no price.</summary>
    public static decimal? Most(PriceBook book, ProgramLanguage language, int timeoutMs, DateTimeOffset at) =>
        book.OfRun(language, 1000L * (language == ProgramLanguage.Model ? Math.Min(timeoutMs, MostModelMs) : timeoutMs), at).Cost;
}
