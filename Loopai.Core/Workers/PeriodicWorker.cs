using Microsoft.Extensions.Logging;

namespace Loopai.Core.Workers;

/// <summary>
/// Does its work again and again for as long as the portal runs. A background service that throws stops the whole host, so whatever a round throws is told in the
/// log, and the next round comes.
/// </summary>
/// <param name="interval">Between the beginnings of two rounds; a round that takes longer delays the next one.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Takes what a round threw.</param>
public abstract class PeriodicWorker(TimeSpan interval, TimeProvider time, ILogger log) : LateWorker
{
    /// <summary>The clock.</summary>
    protected TimeProvider Time => time;

    /// <summary>Whether the first round comes at the start of the portal, instead of one interval later.</summary>
    protected virtual bool BeginsAtOnce => true;

    /// <summary>One round.</summary>
    public abstract Task RunOnceAsync(CancellationToken ct);

    protected sealed override async Task RunAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var timer = new PeriodicTimer(interval, time);
            if (!BeginsAtOnce)
            {
                await timer.WaitForNextTickAsync(stoppingToken);
            }

            do
            {
                await TryOnceAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The portal stops.
        }
    }

    private async Task TryOnceAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RunOnceAsync(stoppingToken);
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            log.LogWarning(e, "A round of {Worker} failed; the next one is in {Interval}", GetType().Name, interval);
        }
    }
}
