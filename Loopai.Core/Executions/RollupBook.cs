namespace Loopai.Core.Executions;

/// <summary>
/// The open roll-ups of one writer. They only ever grow; when a commit fails, or the book gets too thick, it is closed and a new one begun under
/// another writer id, so that memory and database cannot disagree. Not thread-safe: it belongs to the one writing loop.
/// </summary>
internal sealed class RollupBook
{
    /// <summary>An entry holds a histogram of 4 KB; an import that jumps over years must not fill the memory.</summary>
    private const int MaxEntries = 4096;

    private readonly Dictionary<Key, Entry> _entries = [];
    private readonly Dictionary<Key, Entry> _touched = [];
    private Guid _writerId = Guid.CreateVersion7();

    /// <summary>Counts an execution in its minute and its hour.</summary>
    public void Add(Execution execution)
    {
        AddTo(RollupLevel.Minute, execution);
        AddTo(RollupLevel.Hour, execution);
    }

    /// <summary>The absolute values of every entry that changed since the last call.</summary>
    public IReadOnlyList<ExecutionRollup> TakeTouched()
    {
        var rows = new ExecutionRollup[_touched.Count];
        var index = 0;
        foreach (var (key, entry) in _touched)
        {
            rows[index++] = entry.ToRow(key, _writerId);
        }

        _touched.Clear();
        return rows;
    }

    /// <summary>Starts anew under another writer id. What was committed stays counted under the old one.</summary>
    public void Close()
    {
        _entries.Clear();
        _touched.Clear();
        _writerId = Guid.CreateVersion7();
    }

    /// <summary>Called between commits; drops what will hardly be touched again.</summary>
    public void TrimIfThick()
    {
        if (_entries.Count > MaxEntries)
        {
            Close();
        }
    }

    private void AddTo(RollupLevel level, Execution execution)
    {
        var ticks = execution.ExecutedAt.UtcTicks;
        var width = level == RollupLevel.Minute ? TimeSpan.TicksPerMinute : TimeSpan.TicksPerHour;
        var key = new Key(execution.OrganizationId, execution.EnvironmentId, execution.TaskId, execution.Version, level, ticks - (ticks % width));
        if (!_entries.TryGetValue(key, out var entry))
        {
            _entries[key] = entry = new Entry();
        }

        entry.Add(execution);
        _touched[key] = entry;
    }

    private readonly record struct Key(Guid OrganizationId, Guid EnvironmentId, Guid TaskId, int Version, RollupLevel Level, long StartTicks);

    private sealed class Entry
    {
        private readonly LatencyHistogram _latencies = new();
        private readonly long[] _byStatus = new long[4];
        private long _sampled;
        private long _latencySumUs;

        public void Add(Execution execution)
        {
            _latencies.Add(execution.LatencyUs);
            _byStatus[(int)execution.Status]++;
            _latencySumUs += execution.LatencyUs;
            _sampled += execution.SampledBy is null ? 0 : 1;
        }

        public ExecutionRollup ToRow(Key key, Guid writerId) => new()
        {
            OrganizationId = key.OrganizationId,
            EnvironmentId = key.EnvironmentId,
            TaskId = key.TaskId,
            Version = key.Version,
            Level = key.Level,
            StartsAt = new DateTimeOffset(key.StartTicks, TimeSpan.Zero),
            WriterId = writerId,
            Executions = _latencies.Count,
            Errors = _byStatus[(int)ExecutionStatus.Error],
            Timeouts = _byStatus[(int)ExecutionStatus.Timeout],
            InvalidOutputs = _byStatus[(int)ExecutionStatus.InvalidOutput],
            Sampled = _sampled,
            LatencySumUs = _latencySumUs,
            Latencies = _latencies.Encode(),
        };
    }
}
