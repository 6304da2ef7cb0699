using Loopai.Core.Costs.Ledger;
using Loopai.Core.Costs.Prices;

namespace Loopai.Core.Costs.Savings;

/// <summary>What tasks are compared with, and by which prices.</summary>
internal sealed record ReferencePrices(Dictionary<Guid, TaskReference> Models, PriceBook Book)
{
    /// <summary>Why nothing is said of what a day would have cost.</summary>
    public string Missing => Models.Count == 0
        ? "wouldHaveCost is null: no task names a language model to compare with. Choose one under Costs, or with PUT /tasks/{id}/cost-reference."
        : "wouldHaveCost is null for days on which nothing ran that has a language model to compare with, or whose model had no price then.";

    /// <summary>Executions of each hour at the price that their reference model had then.</summary>
    public Dictionary<LedgerPoint, decimal> WouldHaveCost(List<LedgerPoint> series)
    {
        var would = new Dictionary<LedgerPoint, decimal>(ReferenceEqualityComparer.Instance);
        foreach (var point in series.Where(p => p.Executions > 0))
        {
            if (point.TaskId is { } task && Models.TryGetValue(task, out var reference) && Book.Tokens(reference.Provider, reference.Model, point.At) is { } price)
            {
                would[point] = point.Executions * price.Of(new TokenUsage(reference.InputTokens, reference.OutputTokens));
            }
        }

        return would;
    }
}
