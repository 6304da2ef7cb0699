using System.Data.Common;
using Loopai.Core.Reports.Delivery;
using Loopai.Core.Reports.Scheduling;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Reports.Running;

/// <summary>Does something again and again in the background, and goes on after a failure.</summary>
public abstract class ReportBeat(TimeSpan beat, TimeProvider time, ILogger log) : BackgroundService
{
    protected abstract Task BeatAsync(CancellationToken ct);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(beat, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await BeatAsync(stoppingToken);
                }
                catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException or InvalidOperationException)
                {
                    log.LogWarning(e, "Reports cannot be looked after now; trying again");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The portal stops; another instance, or the next start, goes on.
        }
    }
}

/// <summary>Turns due moments into runs, and ends what was kept long enough.</summary>
public sealed class ReportClockWorker(ScheduleClock clock, ReportRetention retention, TimeProvider time, ILogger<ReportClockWorker> log)
    : ReportBeat(TimeSpan.FromSeconds(2), time, log)
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromHours(1);

    private readonly TimeProvider _time = time;
    private DateTimeOffset _sweptAt;

    protected override async Task BeatAsync(CancellationToken ct)
    {
        await clock.TickAsync(ct);
        if (_time.GetUtcNow() - _sweptAt > SweepEvery)
        {
            _sweptAt = _time.GetUtcNow();
            await retention.SweepAsync(ct);
        }
    }
}

/// <summary>Makes what runs are due, one after the other.</summary>
public sealed class ReportRunWorker(ReportRunner runner, TimeProvider time, ILogger<ReportRunWorker> log) : ReportBeat(TimeSpan.FromSeconds(1), time, log)
{
    protected override async Task BeatAsync(CancellationToken ct)
    {
        while (await runner.RunNextAsync(ct))
        {
            // Until nothing is due.
        }
    }
}

/// <summary>Sends what is owed.</summary>
public sealed class ReportDeliveryWorker(DeliverySender sender, TimeProvider time, ILogger<ReportDeliveryWorker> log) : ReportBeat(TimeSpan.FromSeconds(1), time, log)
{
    protected override Task BeatAsync(CancellationToken ct) => sender.SendDueAsync(ct);
}
