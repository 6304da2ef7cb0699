using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Usage;

/// <summary>Who used what, and how much: the base of billing.</summary>
public sealed class UsageService(LoopaiData data, TimeProvider time)
{
    public const int DefaultDays = 30;

    /// <summary>A year and a day, so that a year can be compared with the day it began on.</summary>
    public const int MaxDays = 367;

    /// <summary>A row per day, key and task, oldest first.</summary>
    public async Task<UsageReport> GetAsync(Caller caller, UsageFilter filter, CancellationToken ct)
    {
        caller.Demand(Permissions.UsageRead);
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var to = filter.To ?? today;
        var from = filter.From ?? DateOnly.FromDayNumber(Math.Max(0, to.DayNumber + 1 - DefaultDays));
        new FieldErrors()
            .AddIf(from > to, "from", "from lies after to.")
            .AddIf(to.DayNumber - from.DayNumber >= MaxDays, "from", $"Ask for {MaxDays} days at most.")
            .ThrowIfAny("usage.invalid", "The usage cannot be asked for like this.");
        await using var db = await data.OpenCountedAsync(caller, ct);
        var rows = await db.UsageCounters.AsNoTracking()
            .Where(u => u.Day >= from && u.Day <= to && (filter.KeyId == null || u.KeyId == filter.KeyId) && (filter.TaskId == null || u.TaskId == filter.TaskId))
            .GroupBy(u => new { u.Day, u.KeyId, u.TaskId })
            .Select(g => new { g.Key.Day, g.Key.KeyId, g.Key.TaskId, Executions = g.Sum(u => u.Executions), Errors = g.Sum(u => u.Errors), Us = g.Sum(u => u.LatencySumUs) })
            .OrderBy(r => r.Day).ThenBy(r => r.KeyId).ThenBy(r => r.TaskId).ToListAsync(ct);
        var keys = await db.ApiKeys.ToDictionaryAsync(k => k.Id, k => k.Name, ct);
        var tasks = await db.Tasks.ToDictionaryAsync(t => t.Id, t => t.Name, ct);
        return new UsageReport(from, to,
        [
            .. rows.Select(r => new UsageRow(
                r.Day, r.KeyId == UsageCounter.NoKey ? null : r.KeyId, r.KeyId == UsageCounter.NoKey ? "Portal" : keys.GetValueOrDefault(r.KeyId, r.KeyId.ToString()), r.TaskId,
                tasks.GetValueOrDefault(r.TaskId, r.TaskId.ToString()), r.Executions, r.Errors, r.Us / 1000.0)),
        ]);
    }
}

/// <param name="From">The first day in UTC; null for thirty days up to the last.</param>
/// <param name="To">The last day; null for today.</param>
/// <param name="KeyId">Only this key's.</param>
/// <param name="TaskId">Only this task's.</param>
public sealed record UsageFilter(DateOnly? From = null, DateOnly? To = null, Guid? KeyId = null, Guid? TaskId = null);

/// <param name="From">The first day.</param>
/// <param name="To">The last day.</param>
/// <param name="Items">A row per day, key and task.</param>
public sealed record UsageReport(DateOnly From, DateOnly To, IReadOnlyList<UsageRow> Items);

/// <param name="Day">The day in UTC.</param>
/// <param name="KeyId">The key; null for people in the portal.</param>
/// <param name="Key">Its name.</param>
/// <param name="TaskId">The task.</param>
/// <param name="Task">Its name.</param>
/// <param name="Executions">How many.</param>
/// <param name="Errors">How many of them did not succeed.</param>
/// <param name="ExecutionMs">How long they ran in all.</param>
public sealed record UsageRow(DateOnly Day, Guid? KeyId, string Key, Guid TaskId, string Task, long Executions, long Errors, double ExecutionMs);
