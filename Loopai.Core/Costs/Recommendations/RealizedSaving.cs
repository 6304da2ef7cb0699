namespace Loopai.Core.Costs.Recommendations;

/// <summary>What a recommendation that was taken does save.</summary>
internal static class RealizedSaving
{
    /// <summary>
    /// (What an execution cost before − what it costs since) × executions of thirty days as they go on since; null where fewer than a hundred have run. Before 0.002, since then
    /// 1,000 executions in ten days for 0.50: (0.002 − 0.0005) × 3,000 = 4.50 a month.
    /// </summary>
    /// <param name="baseline">What an execution cost before.</param>
    /// <param name="amount">What was spent since.</param>
    /// <param name="executions">For how many executions.</param>
    /// <param name="days">In how many days.</param>
    public static decimal? PerMonth(decimal? baseline, decimal amount, long executions, double days) =>
        baseline is { } before && executions >= RecommendationRules.LeastExecutions && days > 0
            ? Money.Round((before - (amount / executions)) * executions * 30 / (decimal)Math.Max(days, 1.0 / 24))
            : null;
}
