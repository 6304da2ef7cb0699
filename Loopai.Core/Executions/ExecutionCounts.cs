using System.Diagnostics;
using Loopai.Core.Usage;

namespace Loopai.Core.Executions;

/// <summary>
/// What one writer adds up. Writing roll-ups takes longer than writing the executions themselves, so under load they are written a few times a second, and the
/// commits between leave notes of what is still to be counted. Not thread-safe: it belongs to the one writing loop.
/// </summary>
internal sealed class ExecutionCounts(RollupLag lag)
{
    /// <summary>How far the roll-ups may be behind.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly RollupBook _rollups = new();
    private readonly UsageBook _usage = new();
    private readonly List<Guid> _notes = [];
    private long _countedAt;

    /// <summary>Whether notes are left to be made up for.</summary>
    public bool AreBehind => _notes.Count > 0;

    /// <summary>Counts the executions of a commit, and adds to it what it says of them: the roll-ups, which make up for the notes before, or one more note.</summary>
    public ExecutionBatch Complete(ExecutionBatch batch, bool atOnce)
    {
        // What ran in the shadow answered nobody: it is on record, and in no figure of what was done.
        var answered = batch.Executions.Where(e => e.ShadowOf is null).ToList();
        foreach (var execution in answered)
        {
            _rollups.Add(execution);
            _usage.Add(execution);
        }

        return atOnce || Stopwatch.GetElapsedTime(_countedAt) >= Interval
            ? batch with { Rollups = _rollups.TakeTouched(), Usage = _usage.TakeTouched(), Counted = [.. _notes] }
            : batch with { Uncounted = UncountedCommit.Of(answered) };
    }

    /// <summary>The completed batch is on disk.</summary>
    public void Committed(ExecutionBatch batch)
    {
        if (batch.Uncounted.Count > 0)
        {
            _notes.AddRange(batch.Uncounted.Select(n => n.Id));
            lag.FallBehind();
        }
        else if (batch.Rollups.Count > 0)
        {
            _rollups.TrimIfThick();
            _usage.TrimIfThick();
            BeginAnew();
        }
    }

    /// <summary>
    /// Whether the batch is on disk may be unknown; new books count on from what the database has. Executions with a note are left to <see cref="UncountedWorker"/>.
    /// </summary>
    public void Close()
    {
        _rollups.Close();
        _usage.Close();
        BeginAnew();
    }

    private void BeginAnew()
    {
        _notes.Clear();
        _countedAt = Stopwatch.GetTimestamp();
        lag.CatchUp();
    }
}
