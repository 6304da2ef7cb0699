using Loopai.Core.Workers;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Plugins.Registry;

/// <summary>Looks every day whether what proves publishers is still there.</summary>
public sealed class PublisherCheckWorker(PublisherVerification verification, TimeProvider time, ILogger<PublisherCheckWorker> log) : PeriodicWorker(Pause, time, log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    protected override bool BeginsAtOnce => false;

    public override Task RunOnceAsync(CancellationToken ct) => verification.CheckDueAsync(ct);
}
