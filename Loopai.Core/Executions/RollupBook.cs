namespace Loopai.Core.Executions;

/// <summary>The open roll-ups of one writer.</summary>
internal sealed class RollupBook
{
    /// <summary>An entry holds a histogram of 4 KB.</summary>
    private readonly WriterBook<Key, Entry> _book = new(maxEntries: 4096);

    /// <summary>Counts an execution in its minute and its hour.</summary>
    public void Add(Execution execution)
    {
        AddTo(RollupLevel.Minute, execution);
        AddTo(RollupLevel.Hour, execution);
    }

    /// <summary>The absolute values of every entry that changed since the last call.</summary>
    public IReadOnlyList<ExecutionRollup> TakeTouched() => _book.TakeTouched(static (key, entry, writerId) => entry.ToRow(key, writerId));

    /// <inheritdoc cref="WriterBook{TKey, TEntry}.Close" />
    public void Close() => _book.Close();

    /// <inheritdoc cref="WriterBook{TKey, TEntry}.TrimIfThick" />
    public void TrimIfThick() => _book.TrimIfThick();

    private void AddTo(RollupLevel level, Execution execution)
    {
        var ticks = execution.ExecutedAt.UtcTicks;
        var width = level == RollupLevel.Minute ? TimeSpan.TicksPerMinute : TimeSpan.TicksPerHour;
        _book.Touch(new Key(execution.OrganizationId, execution.EnvironmentId, execution.TaskId, execution.Version, level, ticks - (ticks % width))).Add(execution);
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
