using System.Runtime.InteropServices;

namespace Loopai.Core.Executions;

/// <summary>
/// The open roll-ups of one writer. They only ever grow; when a commit fails, or the book gets too thick, it is closed and a new one begun under
/// another writer id, so that memory and database cannot disagree. Not thread-safe: it belongs to the one writing loop.
/// </summary>
internal sealed class RollupBook
{
    /// <summary>An entry holds a histogram of about 1 KB; an import that jumps over years must not fill the memory.</summary>
    private const int MaxEntries = 12_288;

    private readonly Dictionary<SeriesKey, Series> _series = [];
    private readonly List<Entry> _touched = [];
    private Guid _writerId = Guid.CreateVersion7();
    private int _entries;

    /// <summary>Counts an execution in its minute, its hour and its day.</summary>
    public void Add(Execution execution)
    {
        var key = SeriesKey.Of(execution);
        ref var series = ref CollectionsMarshal.GetValueRefOrAddDefault(_series, key, out _);
        series ??= new Series();
        foreach (var level in RollupLevels.All)
        {
            var entry = series.Of(level, execution.ExecutedAt.UtcTicks, ref _entries, key);
            if (!entry.IsTouched)
            {
                _touched.Add(entry);
            }

            entry.Add(execution);
        }
    }

    /// <summary>The absolute values of every entry that changed since the last call.</summary>
    public IReadOnlyList<ExecutionRollup> TakeTouched()
    {
        var rows = new ExecutionRollup[_touched.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = _touched[i].ToRow(_writerId);
            _touched[i].IsTouched = false;
        }

        _touched.Clear();
        return rows;
    }

    /// <summary>Starts anew under another writer id. What was committed stays counted under the old one.</summary>
    public void Close()
    {
        _series.Clear();
        _touched.Clear();
        _entries = 0;
        _writerId = Guid.CreateVersion7();
    }

    /// <summary>Called between commits; drops what will hardly be touched again.</summary>
    public void TrimIfThick()
    {
        if (_entries > MaxEntries)
        {
            Close();
        }
    }

    /// <summary>What is counted together, whenever it ran.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct SeriesKey(
        Guid OrganizationId, Guid EnvironmentId, Guid TaskId, int Version, Guid KeyId, Guid TeamId, Guid ExperimentId, short Variant)
    {
        public static SeriesKey Of(Execution e) => new(
            e.OrganizationId, e.EnvironmentId, e.TaskId, e.Version, e.ApiKeyId ?? ExecutionRollup.None, e.TeamId ?? ExecutionRollup.None,
            e.ExperimentId ?? ExecutionRollup.None, e.Variant ?? ExecutionRollup.NoVariant);
    }

    /// <summary>The entries of one key over time. Most executions belong to the same minute as the one before, so that is asked first.</summary>
    private sealed class Series
    {
        private readonly Entry?[] _last = new Entry?[RollupLevels.All.Count];
        private readonly Dictionary<(RollupLevel Level, long StartTicks), Entry> _all = [];

        public Entry Of(RollupLevel level, long ticks, ref int entries, in SeriesKey key)
        {
            var start = ticks - (ticks % level.Ticks());
            if (_last[(int)level] is { } last && last.StartTicks == start)
            {
                return last;
            }

            if (!_all.TryGetValue((level, start), out var entry))
            {
                _all[(level, start)] = entry = new Entry(key, level, start);
                entries++;
            }

            return _last[(int)level] = entry;
        }
    }

    private sealed class Entry(SeriesKey key, RollupLevel level, long startTicks)
    {
        private readonly LatencyHistogram _latencies = new();
        private readonly long[] _byStatus = new long[4];
        private long _sampled;
        private long _latencySumUs;
        private decimal _cost;
        private long _unpriced;

        public long StartTicks => startTicks;

        public bool IsTouched { get; set; }

        public void Add(Execution execution)
        {
            _latencies.Add(execution.LatencyUs);
            _byStatus[(int)execution.Status]++;
            _latencySumUs += execution.LatencyUs;
            _sampled += execution.SampledBy is null ? 0 : 1;
            _cost += execution.Cost ?? 0;
            _unpriced += execution.Cost is null ? 1 : 0;
            IsTouched = true;
        }

        public ExecutionRollup ToRow(Guid writerId) => new()
        {
            OrganizationId = key.OrganizationId,
            EnvironmentId = key.EnvironmentId,
            TaskId = key.TaskId,
            Version = key.Version,
            KeyId = key.KeyId,
            TeamId = key.TeamId,
            ExperimentId = key.ExperimentId,
            Variant = key.Variant,
            Level = level,
            StartsAt = new DateTimeOffset(startTicks, TimeSpan.Zero),
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
