using Loopai.Core.Access;
using Loopai.Core.Configuration;
using Loopai.Core.Data;
using Loopai.Core.Plugins.Publishing;
using Loopai.Core.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Loopai.Core.Plugins.Installations;

/// <summary>
/// Once an hour: ends verdicts that are older than their organization keeps verdicts, the minutes of calls that nobody looks at any more, and packages that failed long ago.
/// </summary>
public sealed class PluginRetention(LoopaiData data, IOptions<ExecutionSettings> settings, TimeProvider time, ILogger<PluginRetention> log)
    : PeriodicWorker(TimeSpan.FromHours(1), time, log)
{
    private static readonly TimeSpan HealthKept = TimeSpan.FromDays(30);

    private static readonly TimeSpan FailedPackagesKept = TimeSpan.FromDays(30);

    public override async Task RunOnceAsync(CancellationToken ct)
    {
        var now = Time.GetUtcNow();
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        await db.PluginHealth.Where(h => h.StartsAt < now - HealthKept).ExecuteDeleteAsync(ct);
        await db.PluginSubmissionPackages
            .Where(p => db.PluginSubmissions.Any(s => s.Id == p.SubmissionId && s.State == SubmissionState.Failed && s.FinishedAt < now - FailedPackagesKept)).ExecuteDeleteAsync(ct);
        var organizations = await db.Organizations.Select(o => new { o.Id, Days = o.ValidationRetentionDays ?? o.ExecutionRetentionDays }).ToListAsync(ct);
        foreach (var organization in organizations)
        {
            var before = now.AddDays(-(organization.Days ?? settings.Value.RetentionDays));
            await db.PluginVerdicts.Where(v => v.OrganizationId == organization.Id && v.At < before).ExecuteDeleteAsync(ct);
        }
    }
}
