using System.Data.Common;
using Loopai.Core.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Costs.Budgets;

/// <summary>Keeps this instance's reserves alive and told, and looks after budgets once a minute.</summary>
public sealed class BudgetWorker(BudgetGate gate, BudgetKeeper keeper, TimeProvider time, ILogger<BudgetWorker> log) : PeriodicWorker(Beat, time, log)
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    private DateTimeOffset _looked;

    protected override bool BeginsAtOnce => false;

    public override async Task RunOnceAsync(CancellationToken ct)
    {
        await gate.SyncAsync(leave: false, ct);
        if (Time.GetUtcNow() - _looked >= LookEvery)
        {
            _looked = Time.GetUtcNow();
            await keeper.LookAsync(ct);
        }
    }

    /// <summary>What is held goes back, so that nobody has to wait for the lease to end.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await gate.SyncAsync(leave: true, cancellationToken);
        }
        catch (Exception e) when (e is DbException or DbUpdateException or InvalidOperationException or TimeoutException)
        {
            log.LogWarning(e, "What this portal held of budgets could not be given back; it is free when its lease has ended");
        }
    }
}
