using Loopai.Core.Workers;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Audit;

/// <summary>Seals twice a second; each minute looks whether a checkpoint is due; each hour applies the retention. Every portal has one.</summary>
public sealed class AuditSealer(AuditSealing sealing, AuditCheckpoints checkpoints, AuditRetention retention, TimeProvider time, ILogger<AuditSealer> log)
    : LateWorker
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);
    private const int BeatsAMinute = 120;
    private const int BeatsAnHour = 60 * BeatsAMinute;

    /// <summary>What was written last is sealed before the portal ends.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync(() => sealing.SealAsync(cancellationToken), "seal audit events");
    }

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Beat, time);
        for (var beat = 0L; !stoppingToken.IsCancellationRequested; beat++)
        {
            if (beat % BeatsAnHour == 0)
            {
                await TryAsync(() => sealing.AdoptAsync(stoppingToken), "look for audit events without a seal");
                await TryAsync(() => retention.ApplyAsync(stoppingToken), "apply the retention of the audit log");
            }

            await TryAsync(() => sealing.SealAsync(stoppingToken), "seal audit events");
            if (beat % BeatsAMinute == 1)
            {
                await TryAsync(() => checkpoints.SignDailyAsync(stoppingToken), "sign audit checkpoints");
            }

            if (!await NextAsync(timer, stoppingToken))
            {
                return;
            }
        }
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken ct)
    {
        try
        {
            return await timer.WaitForNextTickAsync(ct);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task TryAsync(Func<Task> work, string what)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException)
        {
            // The portal stops.
        }
        catch (Exception e)
        {
            log.LogWarning(e, "Could not {What}; trying again", what);
        }
    }
}
