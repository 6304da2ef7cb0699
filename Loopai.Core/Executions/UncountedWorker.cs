using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Usage;
using Loopai.Core.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Executions;

/// <summary>Counts the executions of writers that ended before they could, as one more writer. Several instances may do it at once: the first to delete a note counts.</summary>
public sealed class UncountedWorker(LoopaiData data, IExecutionStore store, TimeProvider time, ILogger<UncountedWorker> log) : PeriodicWorker(Period, time, log)
{
    /// <summary>Longer than a living writer's note can last: a moment, and a commit that is given up on.</summary>
    public static readonly TimeSpan TakenForDead = TimeSpan.FromSeconds(10);

    /// <summary>Notes in one transaction.</summary>
    private const int Most = 200;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    public override async Task RunOnceAsync(CancellationToken ct)
    {
        while (await CountAsync(ct))
        {
            // As many as there are.
        }
    }

    private async Task<bool> CountAsync(CancellationToken ct)
    {
        IReadOnlyList<UncountedCommit> notes;
        var rollups = new RollupBook();
        var usage = new UsageBook();
        await using (var db = await data.OpenAsync(Caller.Installation, ct))
        {
            // The clock is the database's, as it was for the notes.
            notes = await db.UncountedCommits.AsNoTracking().Where(n => n.CommittedAt < DateTimeOffset.UtcNow - TakenForDead).OrderBy(n => n.Id).Take(Most).ToListAsync(ct);
            foreach (var note in notes)
            {
                await foreach (var execution in Executions(db, note).AsAsyncEnumerable().WithCancellation(ct))
                {
                    rollups.Add(execution);
                    usage.Add(execution);
                }
            }
        }

        if (notes.Count == 0)
        {
            return false;
        }

        await store.CommitAsync(new ExecutionBatch([], rollups.TakeTouched(), [], usage.TakeTouched()) { Counted = [.. notes.Select(n => n.Id)] }, ct);
        log.LogInformation("Counted the executions of {Count} commits whose portal ended before it had", notes.Count);
        return notes.Count == Most;
    }

    /// <summary>Led by the organization and the time that an id carries, the primary key finds each at once.</summary>
    private static IQueryable<Execution> Executions(LoopaiDbContext db, UncountedCommit note)
    {
        var ids = note.Ids().ToArray();
        var times = ids.Select(ExecutionQueries.TimeOf).OfType<DateTimeOffset>().Distinct().ToArray();
        return db.Executions.AsNoTracking().Where(e => e.OrganizationId == note.OrganizationId && times.Contains(e.ExecutedAt) && ids.Contains(e.Id));
    }
}
