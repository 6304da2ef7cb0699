using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Rollouts;

/// <summary>Looks after rollouts in the background.</summary>
public sealed class RolloutWorker(RolloutKeeper keeper, TimeProvider time, ILogger<RolloutWorker> log) : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Beat, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await keeper.LookAsync(stoppingToken);
                }
                catch (Exception e) when (e is DbException or TimeoutException or InvalidOperationException)
                {
                    log.LogWarning(e, "Rollouts cannot be looked after now; trying again");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The portal stops.
        }
    }
}
