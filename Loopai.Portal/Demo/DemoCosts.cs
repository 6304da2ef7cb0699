using Loopai.Core.Access;
using Loopai.Core.ApiKeys;
using Loopai.Core.Costs.Budgets;
using Loopai.Core.Costs.Ledger;
using Loopai.Core.Costs.Savings;
using Loopai.Core.Data;

namespace Loopai.Portal.Demo;

/// <summary>Gives the demo's tasks a language model to be compared with, a budget, and something to recommend.</summary>
internal sealed class DemoCosts(ReferenceService references, BudgetService budgets, LoopaiData data, TimeProvider time)
{
    /// <summary>A key that nobody has used for longer than any is left without a word.</summary>
    private const string ForgottenKey = "Newsletter import of last spring";

    private static readonly TimeSpan ForgottenFor = TimeSpan.FromDays(97);

    private const string Provider = "openai";
    private const string Model = "gpt-4o-mini";

    /// <summary>What the demo's traffic costs in a month is below a cent; the budget shows it at work all the same.</summary>
    private const decimal Budget = 0.01m;

    /// <summary>What is there already stays as it is.</summary>
    public async Task EnsureAsync(Caller system, IReadOnlyList<Guid> tasks, CancellationToken ct)
    {
        foreach (var task in tasks)
        {
            if ((await references.GetAsync(system, task, ct)).Reference is null)
            {
                await references.SetAsync(system, task, new ReferenceDraft(Provider, Model), ct);
            }
        }

        if ((await budgets.ListAsync(system, ct)).Count == 0)
        {
            await budgets.CreateAsync(
                system,
                new BudgetDraft("Everything, monthly", ScopeKind.Organization, null, BudgetPeriod.Month, null, Budget, BudgetAction.Alert, null,
                    [new(50, ThresholdBasis.Actual), new(80, ThresholdBasis.Actual), new(100, ThresholdBasis.Forecast)]),
                ct);
        }

        // Made by the same service as every key, in its own time.
        var keys = new ApiKeyService(data, new EarlierTime(time, ForgottenFor));
        if ((await keys.ListAsync(system, ct)).All(k => k.Key.Name != ForgottenKey))
        {
            await keys.CreateAsync(system, new CreateApiKey(ForgottenKey, DemoOwner.Environment), ct);
        }
    }

    private sealed class EarlierTime(TimeProvider now, TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now.GetUtcNow() - by;
    }
}
