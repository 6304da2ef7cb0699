using Loopai.Core.Executions;

namespace Loopai.Core.Usage;

/// <summary>The open usage rows of one writer; kept as <see cref="RollupBook"/> keeps roll-ups, and for the same reasons. Not thread-safe.</summary>
internal sealed class UsageBook
{
    private const int MaxEntries = 50_000;

    private readonly Dictionary<Key, Entry> _entries = [];
    private readonly HashSet<Key> _touched = [];
    private Guid _writerId = Guid.CreateVersion7();

    public void Add(Execution execution)
    {
        var key = new Key(
            execution.OrganizationId, execution.EnvironmentId, DateOnly.FromDateTime(execution.ExecutedAt.UtcDateTime), execution.ApiKeyId ?? UsageCounter.NoKey,
            execution.TaskId);
        if (!_entries.TryGetValue(key, out var entry))
        {
            _entries[key] = entry = new Entry();
        }

        entry.Executions++;
        entry.Errors += execution.Status == ExecutionStatus.Success ? 0 : 1;
        entry.LatencySumUs += execution.LatencyUs;
        _touched.Add(key);
    }

    /// <summary>The absolute values of every entry that changed since the last call.</summary>
    public IReadOnlyList<UsageCounter> TakeTouched()
    {
        var rows = new UsageCounter[_touched.Count];
        var index = 0;
        foreach (var key in _touched)
        {
            var entry = _entries[key];
            rows[index++] = new UsageCounter
            {
                OrganizationId = key.OrganizationId, EnvironmentId = key.EnvironmentId, Day = key.Day, KeyId = key.KeyId, TaskId = key.TaskId, WriterId = _writerId,
                Executions = entry.Executions, Errors = entry.Errors, LatencySumUs = entry.LatencySumUs,
            };
        }

        _touched.Clear();
        return rows;
    }

    /// <summary>Starts anew under another writer id.</summary>
    public void Close()
    {
        _entries.Clear();
        _touched.Clear();
        _writerId = Guid.CreateVersion7();
    }

    /// <summary>Called between commits.</summary>
    public void TrimIfThick()
    {
        if (_entries.Count > MaxEntries)
        {
            Close();
        }
    }

    private readonly record struct Key(Guid OrganizationId, Guid EnvironmentId, DateOnly Day, Guid KeyId, Guid TaskId);

    private sealed class Entry
    {
        public long Executions { get; set; }

        public long Errors { get; set; }

        public long LatencySumUs { get; set; }
    }
}
