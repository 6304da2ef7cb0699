using System.Runtime.InteropServices;

namespace Loopai.Core.Executions;

/// <summary>The open roll-ups of one writer.</summary>
internal sealed class RollupBook
{
    /// <summary>An entry holds a histogram of about 1 KB.</summary>
    private readonly WriterBook<Key, Entry> _book = new(maxEntries: 12_288);

    /// <summary>Counts an execution in its minute, its hour and its day.</summary>
    public void Add(Execution execution)
    {
        AddTo(RollupLevel.Minute, execution);
        AddTo(RollupLevel.Hour, execution);
        AddTo(RollupLevel.Day, execution);
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
        _book.Touch(new Key(
            execution.OrganizationId, execution.EnvironmentId, execution.TaskId, execution.Version, execution.ApiKeyId ?? ExecutionRollup.None,
            execution.TeamId ?? ExecutionRollup.None, execution.ExperimentId ?? ExecutionRollup.None, execution.Variant ?? ExecutionRollup.NoVariant, level,
            ticks - (ticks % level.Ticks()))).Add(execution);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Key(
        Guid OrganizationId, Guid EnvironmentId, Guid TaskId, int Version, Guid KeyId, Guid TeamId, Guid ExperimentId, short Variant, RollupLevel Level, long StartTicks)
    {
        /// <summary>Of what tells most keys apart; hashing every part would cost more than the few that meet.</summary>
        public override int GetHashCode() => HashCode.Combine(TaskId, KeyId, StartTicks, Level, Version, Variant);
    }

    private sealed class Entry
    {
        private readonly LatencyHistogram _latencies = new();
        private readonly long[] _byStatus = new long[4];
        private long _sampled;
        private long _latencySumUs;
        private decimal _cost;
        private long _unpriced;

        public void Add(Execution execution)
        {
            _latencies.Add(execution.LatencyUs);
            _byStatus[(int)execution.Status]++;
            _latencySumUs += execution.LatencyUs;
            _sampled += execution.SampledBy is null ? 0 : 1;
            _cost += execution.Cost ?? 0;
            _unpriced += execution.Cost is null ? 1 : 0;
        }

        public ExecutionRollup ToRow(Key key, Guid writerId) => new()
        {
            OrganizationId = key.OrganizationId,
            EnvironmentId = key.EnvironmentId,
            TaskId = key.TaskId,
            Version = key.Version,
            KeyId = key.KeyId,
            TeamId = key.TeamId,
            ExperimentId = key.ExperimentId,
            Variant = key.Variant,
            Level = key.Level,
            StartsAt = new DateTimeOffset(key.StartTicks, TimeSpan.Zero),
            WriterId = writerId,
            Executions = _latencies.Count,
            Errors = _byStatus[(int)ExecutionStatus.Error],
            Timeouts = _byStatus[(int)ExecutionStatus.Timeout],
            InvalidOutputs = _byStatus[(int)ExecutionStatus.InvalidOutput],
            Sampled = _sampled,
            LatencySumUs = _latencySumUs,
            Cost = _cost,
            Unpriced = _unpriced,
            Latencies = _latencies.Encode(),
        };
    }
}
