using Loopai.Core.Workers;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Rollouts;

/// <summary>Looks after rollouts in the background.</summary>
public sealed class RolloutWorker(RolloutKeeper keeper, TimeProvider time, ILogger<RolloutWorker> log) : PeriodicWorker(Beat, time, log)
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    protected override bool BeginsAtOnce => false;

    public override Task RunOnceAsync(CancellationToken ct) => keeper.LookAsync(ct);
}
