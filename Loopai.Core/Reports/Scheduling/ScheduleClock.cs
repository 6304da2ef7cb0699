using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Reports.Running;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Reports.Scheduling;

/// <summary>
/// Turns due moments into runs. Any number of instances may do it at once: who moves the schedule on makes the run, in one transaction, and that a moment leads
/// to one run is a constraint of the table besides.
/// </summary>
public sealed class ScheduleClock(LoopaiData data, TimeProvider time, ILogger<ScheduleClock> log)
{
    /// <summary>What is less late than this was not missed.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    private const int AtOnce = 100;

    /// <summary>Who catches up on all that was missed catches up on no more than this.</summary>
    private const int MostMissed = 31;

    /// <summary>Makes the runs that are due; how many.</summary>
    public async Task<int> TickAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var due = await db.ReportSchedules.AsNoTracking().Where(s => s.NextDueAt <= now).OrderBy(s => s.NextDueAt).Take(AtOnce).ToListAsync(ct);
        var made = 0;
        foreach (var schedule in due)
        {
            try
            {
                made += await RunAsync(schedule, now, ct);
            }
            catch (DbUpdateException e)
            {
                log.LogInformation(e, "Another instance made the run of schedule {Schedule}", schedule.Id);
            }
        }

        return made;
    }

    private async Task<int> RunAsync(ReportSchedule schedule, DateTimeOffset now, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.System(schedule.OrganizationId), ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var next = ScheduleService.NextOf(schedule, now);
        var claimed = await db.ReportSchedules.Where(s => s.Id == schedule.Id && s.NextDueAt == schedule.NextDueAt)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.NextDueAt, next), ct);
        if (claimed == 0)
        {
            return 0;
        }

        var version = await db.Reports.Where(r => r.Id == schedule.ReportId && r.DeletedAt == null).Select(r => (int?)r.Version).FirstOrDefaultAsync(ct);
        var moments = version is null ? [] : MomentsOf(schedule, now);
        db.ReportRuns.AddRange(moments.Select(at => new ReportRun
        {
            Id = Guid.CreateVersion7(), OrganizationId = schedule.OrganizationId, ReportId = schedule.ReportId, Version = version!.Value, ScheduleId = schedule.Id, DueAt = at,
            Formats = schedule.Formats, Recipients = schedule.Recipients, RequestedBy = schedule.CreatedBy, OwnerId = schedule.OwnerId, KeyId = schedule.KeyId,
            NextAttemptAt = now, CreatedAt = now,
        }));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return moments.Count;
    }

    /// <summary>The due moments that lead to a run, after the schedule's policy for those that were missed.</summary>
    internal static IReadOnlyList<DateTimeOffset> MomentsOf(ReportSchedule schedule, DateTimeOffset now)
    {
        var (cron, zone) = (CronSchedule.Parse(schedule.Cron), TimeZoneInfo.FindSystemTimeZoneById(schedule.TimeZone));
        var moments = new Queue<DateTimeOffset>();
        for (var at = schedule.NextDueAt!.Value; at <= now; at = cron.Next(at, zone))
        {
            moments.Enqueue(at);
            if (moments.Count > MostMissed)
            {
                moments.Dequeue();
            }
        }

        return schedule.CatchUp switch
        {
            CatchUp.All => [.. moments],
            CatchUp.Latest => [moments.Last()],
            CatchUp.Skip => now - moments.Last() <= Grace ? [moments.Last()] : [],
        };
    }
}
