using Loopai.Core.Access;
using Loopai.Core.ApiKeys;
using Loopai.Core.Costs.Budgets;
using Loopai.Core.Costs.Prices;
using Loopai.Core.Data;
using Loopai.Core.Flags;
using Loopai.Core.Identity.Sessions;
using Loopai.Core.Plugins.Runtime;
using Loopai.Core.Usage;
using Loopai.Core.Webhooks;
using Microsoft.Extensions.Hosting;

namespace Loopai.Core.Executions;

/// <summary>Carries changes from the database to what this portal keeps in memory.</summary>
public sealed class ChangeRelay(IChangeFeed feed, ExecutionCatalog catalog, ApiKeyAuthenticator keys, AccessService access, SessionCache sessions, QuotaGate quotas,
    FlagCatalog flags, PriceBooks prices, BudgetGate budgets, WebhookInterest webhooks, PluginCatalog plugins) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var change in feed.WatchAsync(stoppingToken))
        {
            catalog.Forget(change);
            keys.Forget(change);
            access.Forget(change);
            sessions.Forget(change);
            quotas.Forget(change);
            flags.Forget(change);
            prices.Forget(change);
            budgets.Forget(change);
            webhooks.Forget(change);
            plugins.Forget(change);
        }
    }
}
