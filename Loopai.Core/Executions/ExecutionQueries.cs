using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Executions;

/// <summary>Reads executions back.</summary>
public sealed class ExecutionQueries(LoopaiData data)
{
    /// <summary>One execution. Its id says on which day to look.</summary>
    public async Task<Execution> GetAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.ExecutionsRead);
        var executedAt = TimeOf(id) ?? throw ExecutionErrors.NotFound(id);
        await using var db = await data.OpenAsync(caller, ct);
        return await db.Executions.AsNoTracking().FirstOrDefaultAsync(e => e.ExecutedAt == executedAt && e.Id == id, ct) ?? throw ExecutionErrors.NotFound(id);
    }

    /// <summary>One window of the executions, newest first.</summary>
    public async Task<Page<Execution>> ListAsync(Caller caller, ExecutionFilter filter, PageRequest page, CancellationToken ct)
    {
        caller.Demand(Permissions.ExecutionsRead);
        page = page.Validated();
        await using var db = await data.OpenAsync(caller, ct);
        var rows = db.Executions.AsNoTracking().Where(e => e.EnvironmentId == caller.EnvironmentId);
        if (filter.TaskId is { } taskId)
        {
            rows = rows.Where(e => e.TaskId == taskId);
        }

        if (filter.Version is { } version)
        {
            rows = rows.Where(e => e.Version == version);
        }

        if (filter.FailedOnly)
        {
            rows = rows.Where(e => e.Status != ExecutionStatus.Success);
        }
        else if (filter.Status is { } status)
        {
            rows = rows.Where(e => e.Status == status);
        }

        if (filter.From is { } from)
        {
            rows = rows.Where(e => e.ExecutedAt >= from.ToUniversalTime());
        }

        if (filter.To is { } to)
        {
            rows = rows.Where(e => e.ExecutedAt < to.ToUniversalTime());
        }

        if (filter.Unit is { } unit)
        {
            rows = rows.Where(e => e.Unit == unit);
        }

        if (filter.Output is { } output)
        {
            rows = rows.Where(e => e.Output == output);
        }

        if (filter.Sampled is { } sampled)
        {
            rows = rows.Where(e => (e.SampledBy != null) == sampled);
        }

        if (filter.ConfidenceBelow is { } confidence)
        {
            rows = rows.Where(e => e.Confidence < confidence);
        }

        if (Cursor.Decode<Place>(page.Cursor) is { } after)
        {
            rows = rows.Where(e => e.ExecutedAt < after.At || (e.ExecutedAt == after.At && e.Id.CompareTo(after.Id) < 0));
        }

        var window = await rows.OrderByDescending(e => e.ExecutedAt).ThenByDescending(e => e.Id).Take(page.Limit + 1).ToListAsync(ct);
        return new Page<Execution>(
            [.. window.Take(page.Limit)],
            window.Count > page.Limit ? Cursor.Encode(new Place(window[page.Limit - 1].ExecutedAt, window[page.Limit - 1].Id)) : null);
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

    private sealed record Place(DateTimeOffset At, Guid Id);
}

/// <summary>Which executions are wanted; what is null or false does not narrow.</summary>
public sealed record ExecutionFilter
{
    public Guid? TaskId { get; init; }

    public int? Version { get; init; }

    public ExecutionStatus? Status { get; init; }

    /// <summary>Every status but success.</summary>
    public bool FailedOnly { get; init; }

    public DateTimeOffset? From { get; init; }

    /// <summary>Exclusive.</summary>
    public DateTimeOffset? To { get; init; }

    public string? Unit { get; init; }

    /// <summary>The output as JSON text, to the letter.</summary>
    public string? Output { get; init; }

    public bool? Sampled { get; init; }

    public double? ConfidenceBelow { get; init; }
}
