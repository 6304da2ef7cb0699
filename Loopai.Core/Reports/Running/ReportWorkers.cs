using Loopai.Core.Reports.Delivery;
using Loopai.Core.Reports.Scheduling;
using Loopai.Core.Workers;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Reports.Running;

/// <summary>Turns due moments into runs.</summary>
public sealed class ReportClockWorker(ScheduleClock clock, TimeProvider time, ILogger<ReportClockWorker> log) : PeriodicWorker(TimeSpan.FromSeconds(2), time, log)
{
    protected override bool BeginsAtOnce => false;

    public override Task RunOnceAsync(CancellationToken ct) => clock.TickAsync(ct);
}

/// <summary>Makes what runs are due, one after the other.</summary>
public sealed class ReportRunWorker(ReportRunner runner, TimeProvider time, ILogger<ReportRunWorker> log) : PeriodicWorker(TimeSpan.FromSeconds(1), time, log)
{
    protected override bool BeginsAtOnce => false;

    public override async Task RunOnceAsync(CancellationToken ct)
    {
        while (await runner.RunNextAsync(ct))
        {
            // Until nothing is due.
        }
    }
}

/// <summary>Sends what is owed.</summary>
public sealed class ReportDeliveryWorker(DeliverySender sender, TimeProvider time, ILogger<ReportDeliveryWorker> log) : PeriodicWorker(TimeSpan.FromSeconds(1), time, log)
{
    protected override bool BeginsAtOnce => false;

    public override Task RunOnceAsync(CancellationToken ct) => sender.SendDueAsync(ct);
}

/// <summary>Ends what was kept long enough.</summary>
public sealed class ReportRetentionWorker(ReportRetention retention, TimeProvider time, ILogger<ReportRetentionWorker> log) : PeriodicWorker(TimeSpan.FromHours(1), time, log)
{
    protected override bool BeginsAtOnce => false;

    public override Task RunOnceAsync(CancellationToken ct) => retention.SweepAsync(ct);
}
