using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Plugins.Runtime;
using Loopai.Core.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Plugins.Installations;

/// <summary>Looks at versions that are tried: those that fail or take longer than the one before are taken back, those that prove themselves take over.</summary>
public sealed class StagedUpgradeWorker(LoopaiData data, PluginCatalog catalog, TimeProvider time, ILogger<StagedUpgradeWorker> log) : PeriodicWorker(TimeSpan.FromSeconds(15), time, log)
{
    public override async Task RunOnceAsync(CancellationToken ct)
    {
        List<(Guid Organization, Guid Id)> staged;
        await using (var db = await data.OpenAsync(Caller.Installation, ct))
        {
            staged = [.. (await db.PluginInstallations.Where(i => i.StagedVersionId != null).Select(i => new { i.OrganizationId, i.Id }).ToListAsync(ct)).Select(i => (i.OrganizationId, i.Id))];
        }

        foreach (var (organization, id) in staged)
        {
            await LookAsync(organization, id, ct);
        }
    }

    private async Task LookAsync(Guid organization, Guid id, CancellationToken ct)
    {
        var caller = Caller.System(organization);
        await using var db = await data.OpenAsync(caller, ct);
        if (await db.PluginInstallations.FirstOrDefaultAsync(i => i.Id == id && i.StagedVersionId != null, ct) is not { StagedAt: { } since } installation)
        {
            return;
        }

        var minute = since.AddTicks(-(since.Ticks % TimeSpan.TicksPerMinute));
        var sums = await db.PluginHealth.Where(h => h.InstallationId == id && h.StartsAt >= minute).GroupBy(h => h.Version)
            .Select(g => new { g.Key, Calls = new VersionCalls(g.Sum(h => h.Calls), g.Sum(h => h.Failures), g.Sum(h => h.LatencyUs)) }).ToDictionaryAsync(g => g.Key, g => g.Calls, ct);
        var none = new VersionCalls(0, 0, 0);
        var (step, reason) = StagedUpgrade.Judge(sums.GetValueOrDefault(installation.Version, none), sums.GetValueOrDefault(installation.StagedVersion!, none));
        if (step == StagedStep.Wait)
        {
            return;
        }

        if (step == StagedStep.RollBack)
        {
            db.TakeBack(installation, caller, reason!);
        }
        else
        {
            db.Promote(installation, caller);
        }

        installation.Revision++;
        try
        {
            await db.SaveChangesAsync(ct);
            catalog.Forget(organization);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Somebody, or another portal, acted at this moment.
        }
    }
}
