using System.Data;
using System.Data.Common;
using System.Globalization;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Configuration;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Executions;
using Loopai.Core.Validation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Loopai.Core.Analytics;

/// <summary>
/// Counts days again from their executions and verdicts, and sets the roll-ups right. It writes differences, under an id of its own, so that what goes on
/// meanwhile stays exact; and a day that is right already is left as it is.
/// </summary>
public sealed class AnalyticsRebuild(
    LoopaiData data, IOptions<ExecutionSettings> executions, IOptions<AnalyticsSettings> analytics, TimeProvider time)
{
    public const int MostDays = 92;

    /// <param name="caller">Who acts.</param>
    /// <param name="from">The first day, UTC.</param>
    /// <param name="to">The last day, UTC.</param>
    /// <param name="ct">Ends the work after the day at hand.</param>
    public async Task<RebuildResult> RunAsync(Caller caller, DateOnly from, DateOnly to, CancellationToken ct)
    {
        caller.Demand(Permissions.OrganizationManage);
        await CheckAsync(caller, from, to, ct);
        var corrected = 0;
        for (var day = from; day <= to; day = day.AddDays(1))
        {
            corrected += await RebuildAsync(caller, day, ct);
        }

        await using var db = await data.OpenAsync(caller, ct);
        db.Record(caller, "analytics.rebuilt", "organization", caller.OrganizationId, new { from, to, corrected });
        await db.SaveChangesAsync(ct);
        return new RebuildResult(from, to, corrected);
    }

    private async Task CheckAsync(Caller caller, DateOnly from, DateOnly to, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(caller, ct);
        var kept = await db.Organizations.Where(o => o.Id == caller.OrganizationId).Select(o => new { o.ExecutionRetentionDays, o.ValidationRetentionDays }).FirstAsync(ct);
        var days = Math.Min(executions.Value.RetentionDays, Math.Min(kept.ExecutionRetentionDays ?? int.MaxValue, kept.ValidationRetentionDays ?? int.MaxValue));
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var oldest = today.AddDays(1 - Math.Min(days, today.DayNumber));
        new FieldErrors()
            .AddIf(from > to, "to", "The last day lies before the first.")
            .AddIf(to > today, "to", "Days to come have no figures yet.")
            .AddIf(to.DayNumber - from.DayNumber >= MostDays, "to", $"At most {MostDays} days at once.")
            .AddIf(
                from < oldest, "from",
                string.Create(CultureInfo.InvariantCulture, $"Executions and verdicts are whole since {oldest:yyyy-MM-dd}; counting an older day again would lose what is gone."))
            .ThrowIfAny("analytics.rebuild", "These days cannot be counted again.");
    }

    /// <summary>Serializable, so that of two who rebuild the same day at once one is told, instead of both setting right the same fault.</summary>
    private async Task<int> RebuildAsync(Caller caller, DateOnly day, CancellationToken ct)
    {
        var (from, to) = (new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero), new DateTimeOffset(day.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero));
        var minutesFrom = time.GetUtcNow().AddHours(1 - analytics.Value.MinuteRetentionHours);
        await using var db = await data.OpenAsync(caller, ct);
        try
        {
            await using var transaction = await db.Database.BeginTransactionAsync(IsolationLevel.Serializable, ct);
            var balance = new RollupBalance();
            await CountExecutionsAsync(db, balance, caller.OrganizationId, from, to, ct);
            await CountVerdictsAsync(db, balance, caller.OrganizationId, from, to, ct);

            // Minutes that are about to go are left to go.
            var writer = Guid.CreateVersion7();
            var rows = balance.Executions(writer).Where(r => r.Level != RollupLevel.Minute || r.StartsAt >= minutesFrom).ToList();
            var verdicts = balance.Verdicts(writer).Where(r => r.Level != RollupLevel.Minute || r.StartsAt >= minutesFrom).ToList();
            db.AddRange(rows);
            db.AddRange(verdicts);
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
            return rows.Count + verdicts.Count;
        }
        catch (Exception e) when ((e as DbException ?? e.InnerException as DbException)?.SqlState == "40001")
        {
            throw new ConflictException("analytics.rebuilding", "Somebody else counts this day again at the same time. Look at the result, and repeat it if need be.");
        }
    }

    private static async Task CountExecutionsAsync(
        LoopaiDbContext db, RollupBalance balance, Guid organizationId, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        // Their writer still has them to count.
        var uncounted = (await db.UncountedCommits.AsNoTracking().Where(n => n.OrganizationId == organizationId).ToListAsync(ct)).SelectMany(n => n.Ids()).ToHashSet();
        var book = new RollupBook();
        var ran = db.Executions.Where(e => e.OrganizationId == organizationId && e.ExecutedAt >= from && e.ExecutedAt < to).ToBeCounted();
        await foreach (var execution in ran.AsAsyncEnumerable().WithCancellation(ct))
        {
            if (!uncounted.Contains(execution.Id))
            {
                book.Add(execution);
            }
        }

        foreach (var row in book.TakeTouched())
        {
            balance.Add(row, 1);
        }

        await foreach (var row in db.ExecutionRollups.AsNoTracking().Where(r => r.OrganizationId == organizationId && r.StartsAt >= from && r.StartsAt < to)
            .AsAsyncEnumerable().WithCancellation(ct))
        {
            balance.Add(row, -1);
        }
    }

    private static async Task CountVerdictsAsync(
        LoopaiDbContext db, RollupBalance balance, Guid organizationId, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        await foreach (var validation in db.Validations.AsNoTracking()
            .Where(v => v.OrganizationId == organizationId && v.ExecutedAt >= from && v.ExecutedAt < to && v.Probability != null
                && (v.Status == ValidationStatus.Matched || v.Status == ValidationStatus.Mismatched))
            .AsAsyncEnumerable().WithCancellation(ct))
        {
            balance.Add(validation);
        }

        await foreach (var row in db.VerdictRollups.AsNoTracking().Where(r => r.OrganizationId == organizationId && r.StartsAt >= from && r.StartsAt < to)
            .AsAsyncEnumerable().WithCancellation(ct))
        {
            balance.Add(row, -1);
        }
    }
}

/// <param name="From">The first day that was counted again.</param>
/// <param name="To">The last.</param>
/// <param name="Corrected">How many figures were not right; 0 when all were.</param>
public sealed record RebuildResult(DateOnly From, DateOnly To, int Corrected);
