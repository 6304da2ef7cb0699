namespace Loopai.Core.Executions;

/// <summary>
/// The open rows of one writer, as absolute values. They only ever grow; when a commit fails, or the book gets too thick, it is closed and a new one begun under
/// another writer id, so that memory and database cannot disagree. Not thread-safe: it belongs to the one writing loop.
/// </summary>
/// <param name="maxEntries">More are closed: what jumps over years must not fill the memory.</param>
internal sealed class WriterBook<TKey, TEntry>(int maxEntries)
    where TKey : struct, IEquatable<TKey>
    where TEntry : class, new()
{
    private readonly Dictionary<TKey, TEntry> _entries = [];
    private readonly Dictionary<TKey, TEntry> _touched = [];
    private Guid _writerId = Guid.CreateVersion7();

    /// <summary>The entry, to be counted on.</summary>
    public TEntry Touch(TKey key)
    {
        if (!_entries.TryGetValue(key, out var entry))
        {
            _entries[key] = entry = new TEntry();
        }

        _touched[key] = entry;
        return entry;
    }

    /// <summary>A row for every entry that was touched since the last call.</summary>
    public IReadOnlyList<TRow> TakeTouched<TRow>(Func<TKey, TEntry, Guid, TRow> toRow)
    {
        var rows = new TRow[_touched.Count];
        var index = 0;
        foreach (var (key, entry) in _touched)
        {
            rows[index++] = toRow(key, entry, _writerId);
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
        if (_entries.Count > maxEntries)
        {
            Close();
        }
    }
}
