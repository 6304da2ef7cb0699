using System.Runtime.CompilerServices;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Validation;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Executions;

/// <summary>Reads executions back.</summary>
public sealed class ExecutionQueries(LoopaiData data)
{
    /// <summary>One execution. Its id says on which day to look.</summary>
    public async Task<Execution> GetAsync(Caller caller, Guid id, CancellationToken ct)
    {
        var mine = caller.DemandOnTasks(Permissions.ExecutionsRead);
        var executedAt = TimeOf(id) ?? throw ExecutionErrors.NotFound(id);
        await using var db = await data.OpenAsync(caller, ct);
        return await db.Executions.AsNoTracking().OfTasks(mine)
                .FirstOrDefaultAsync(e => e.ExecutedAt == executedAt && e.Id == id && e.EnvironmentId == caller.EnvironmentId, ct)
            ?? throw ExecutionErrors.NotFound(id);
    }

    /// <summary>One window of the executions, newest first.</summary>
    public async Task<Page<Execution>> ListAsync(Caller caller, ExecutionFilter filter, PageRequest page, CancellationToken ct)
    {
        var mine = caller.DemandOnTasks(Permissions.ExecutionsRead);
        page = page.Validated();
        await using var db = await data.OpenAsync(caller, ct);
        var rows = filter.Apply(db.Executions.AsNoTracking().OfTasks(mine).Where(e => e.EnvironmentId == caller.EnvironmentId));
        if (Cursor.Decode<Place>(page.Cursor) is { } after)
        {
            rows = rows.Where(e => e.ExecutedAt < after.At || (e.ExecutedAt == after.At && e.Id.CompareTo(after.Id) < 0));
        }

        var window = await rows.OrderByDescending(e => e.ExecutedAt).ThenByDescending(e => e.Id).Take(page.Limit + 1).ToListAsync(ct);
        return new Page<Execution>(
            [.. window.Take(page.Limit)],
            window.Count > page.Limit ? CursorAfter(window[page.Limit - 1]) : null);
    }

    /// <summary>
    /// By which keys and for which teams executions may have been made, by name: what a list of them can be narrowed to. Keys are named to whom the figures name them, too.
    /// </summary>
    public async Task<ExecutionAskers> AskersAsync(Caller caller, CancellationToken ct)
    {
        caller.DemandOnTasks(Permissions.ExecutionsRead);
        await using var db = await data.OpenAsync(caller, ct);
        return new ExecutionAskers(
            caller.May(Permissions.KeysRead) || caller.May(Permissions.AnalyticsRead)
                ? await db.ApiKeys.Where(k => k.EnvironmentId == caller.EnvironmentId).OrderBy(k => k.RevokedAt != null).ThenBy(k => k.Name).Take(MostAskers)
                    .Select(k => new ExecutionAsker(k.Id, k.Name)).ToListAsync(ct)
                : [],
            caller.May(Permissions.OrganizationRead) ? await db.Teams.OrderBy(t => t.Name).Take(MostAskers).Select(t => new ExecutionAsker(t.Id, t.Name)).ToListAsync(ct) : []);
    }

    /// <summary>What to ask with for the executions older than this one.</summary>
    public static string CursorAfter(Execution last) => Cursor.Encode(new Place(last.ExecutedAt, last.Id));

    /// <summary>The executions one by one, newest first, read as fast as they are taken.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="filter">Which.</param>
    /// <param name="limit">The most that are read.</param>
    /// <param name="ct">Ends the reading.</param>
    public async IAsyncEnumerable<Execution> StreamAsync(Caller caller, ExecutionFilter filter, int limit, [EnumeratorCancellation] CancellationToken ct)
    {
        var mine = caller.DemandOnTasks(Permissions.ExecutionsRead);
        await using var db = await data.OpenAsync(caller, ct);
        var rows = filter.Apply(db.Executions.AsNoTracking().OfTasks(mine).Where(e => e.EnvironmentId == caller.EnvironmentId))
            .OrderByDescending(e => e.ExecutedAt).ThenByDescending(e => e.Id).Take(limit);
        await foreach (var execution in rows.AsAsyncEnumerable().WithCancellation(ct))
        {
            yield return execution;
        }
    }

    /// <summary>The verdict on an execution, or the wait for it; null when it was not sampled.</summary>
    public async Task<ValidationRecord?> FindValidationAsync(Caller caller, Guid id, CancellationToken ct)
    {
        var mine = caller.DemandOnTasks(Permissions.ValidationsRead);
        await using var db = await data.OpenAsync(caller, ct);
        return await db.Validations.AsNoTracking().OfTasks(mine)
            .FirstOrDefaultAsync(v => v.ExecutionId == id && v.EnvironmentId == caller.EnvironmentId, ct);
    }

    /// <summary>The time in a UUIDv7; null for an id of another kind.</summary>
    public static DateTimeOffset? TimeOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        if (bytes[6] >> 4 != 7)
        {
            return null;
        }

        var ms = ((long)bytes[0] << 40) | ((long)bytes[1] << 32) | ((long)bytes[2] << 24) | ((long)bytes[3] << 16) | ((long)bytes[4] << 8) | bytes[5];
        return ms <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
    }

    private const int MostAskers = 200;

    private sealed record Place(DateTimeOffset At, Guid Id);
}

/// <param name="Keys">The environment's keys, those that were taken back last.</param>
/// <param name="Teams">The organization's teams.</param>
public sealed record ExecutionAskers(IReadOnlyList<ExecutionAsker> Keys, IReadOnlyList<ExecutionAsker> Teams);

/// <param name="Id">The key or team.</param>
/// <param name="Name">What people call it.</param>
public sealed record ExecutionAsker(Guid Id, string Name);
