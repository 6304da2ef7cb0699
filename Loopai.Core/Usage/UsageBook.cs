using Loopai.Core.Executions;

namespace Loopai.Core.Usage;

/// <summary>The open usage rows of one writer.</summary>
internal sealed class UsageBook
{
    private readonly WriterBook<Key, Entry> _book = new(maxEntries: 50_000);

    public void Add(Execution execution)
    {
        var entry = _book.Touch(new Key(
            execution.OrganizationId, execution.EnvironmentId, DateOnly.FromDateTime(execution.ExecutedAt.UtcDateTime), execution.ApiKeyId ?? UsageCounter.NoKey,
            execution.TaskId));
        entry.Executions++;
        entry.Errors += execution.Status == ExecutionStatus.Success ? 0 : 1;
        entry.LatencySumUs += execution.LatencyUs;
    }

    /// <summary>The absolute values of every entry that changed since the last call.</summary>
    public IReadOnlyList<UsageCounter> TakeTouched() => _book.TakeTouched(static (key, entry, writerId) => new UsageCounter
    {
        OrganizationId = key.OrganizationId, EnvironmentId = key.EnvironmentId, Day = key.Day, KeyId = key.KeyId, TaskId = key.TaskId, WriterId = writerId,
        Executions = entry.Executions, Errors = entry.Errors, LatencySumUs = entry.LatencySumUs,
    });

    /// <inheritdoc cref="WriterBook{TKey, TEntry}.Close" />
    public void Close() => _book.Close();

    /// <inheritdoc cref="WriterBook{TKey, TEntry}.TrimIfThick" />
    public void TrimIfThick() => _book.TrimIfThick();

    private readonly record struct Key(Guid OrganizationId, Guid EnvironmentId, DateOnly Day, Guid KeyId, Guid TaskId);

    private sealed class Entry
    {
        public long Executions { get; set; }

        public long Errors { get; set; }

        public long LatencySumUs { get; set; }
    }
}
