using Loopai.Core.Workers;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Identity.SignOn;

/// <summary>Looks every day whether the records that prove domains are still there.</summary>
public sealed class DomainCheckWorker(DomainService domains, TimeProvider time, ILogger<DomainCheckWorker> log) : PeriodicWorker(Pause, time, log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    protected override bool BeginsAtOnce => false;

    public override Task RunOnceAsync(CancellationToken ct) => domains.CheckDueAsync(ct);
}
