using Loopai.Core.Access;
using Loopai.Core.Configuration;
using Loopai.Core.Data;
using Loopai.Core.Organizations;
using Loopai.Core.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Loopai.Core.Executions;

/// <summary>Once an hour: drops executions and roll-ups older than their retention, idempotency keys that have expired, and what organizations do not keep. Several instances may do it at once.</summary>
public sealed class RetentionWorker(
    IDatabaseLifecycle database, LoopaiData data, OrganizationPurge purge, IOptions<ExecutionSettings> settings, IOptions<AnalyticsSettings> analytics, TimeProvider time,
    ILogger<RetentionWorker> log)
    : PeriodicWorker(Period, time, log)
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    public override async Task RunOnceAsync(CancellationToken ct)
    {
        var now = Time.GetUtcNow();
        var oldestDay = DateOnly.FromDateTime(now.UtcDateTime).AddDays(-settings.Value.RetentionDays);
        var dropped = await database.DropExecutionsBeforeAsync(oldestDay, ct);
        if (dropped > 0)
        {
            log.LogInformation("Dropped {Count} days of executions from before {Day}", dropped, oldestDay);
        }

        await using (var db = await data.OpenAsync(Caller.Installation, ct))
        {
            await db.IdempotentRequests.Where(r => r.ExpiresAt < now).ExecuteDeleteAsync(ct);
            await db.DropRollupsAsync(RollupLevel.Minute, now.AddHours(-analytics.Value.MinuteRetentionHours), ct);
            await db.DropRollupsAsync(RollupLevel.Hour, now.AddDays(-analytics.Value.HourRetentionDays), ct);
        }

        await purge.RunAsync(ct);
    }
}
