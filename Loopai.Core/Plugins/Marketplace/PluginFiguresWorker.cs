using Loopai.Core.Workers;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Plugins.Marketplace;

/// <summary>Counts every quarter of an hour who uses what; the last count of a day is the one that stays.</summary>
public sealed class PluginFiguresWorker(PluginFigures figures, TimeProvider time, ILogger<PluginFiguresWorker> log) : PeriodicWorker(Pause, time, log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(15);

    protected override bool BeginsAtOnce => false;

    public override Task RunOnceAsync(CancellationToken ct) => figures.CountAsync(ct);
}
