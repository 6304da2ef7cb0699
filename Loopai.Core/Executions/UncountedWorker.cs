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
    /// <summary>Longer than a living writer's note can last: the commit that leaves it and the one that counts it, each of which is given up on after some five seconds.</summary>
    private const int TakenForDeadSeconds = 15;

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
            notes = await Left(db).ToListAsync(ct);
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

        try
        {
            await store.CommitAsync(new ExecutionBatch([], rollups.TakeTouched(), [], usage.TakeTouched()) { Counted = [.. notes.Select(n => n.Id)] }, ct);
        }
        catch (AlreadyCountedException)
        {
            return true; // Another portal was first; what it left is found anew.
        }

        log.LogInformation("Counted the executions of {Count} commits whose portal ended before it had", notes.Count);
        return notes.Count == Most;
    }

    /// <summary>Notes that nobody will make up for any more. The clock is the database's, as it was when they were written.</summary>
    internal static IQueryable<UncountedCommit> Left(LoopaiDbContext db) =>
        db.UncountedCommits.AsNoTracking().Where(n => n.CommittedAt < DateTimeOffset.UtcNow.AddSeconds(-TakenForDeadSeconds)).OrderBy(n => n.Id).Take(Most);

    /// <summary>Led by the organization and the time that an id carries, the primary key finds each at once.</summary>
    private static IQueryable<Execution> Executions(LoopaiDbContext db, UncountedCommit note)
    {
        var ids = note.Ids().ToArray();
        var times = ids.Select(ExecutionQueries.TimeOf).OfType<DateTimeOffset>().Distinct().ToArray();
        return db.Executions.Where(e => e.OrganizationId == note.OrganizationId && times.Contains(e.ExecutedAt) && ids.Contains(e.Id)).ToBeCounted();
    }
}
