using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Experiments.Analysis;

/// <summary>Takes snapshots, and hands out the last one.</summary>
public sealed class SnapshotService(LoopaiData data, ExperimentAnalysis analysis, TimeProvider time)
{
    /// <summary>Snapshots are at most one a minute, whoever takes them.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    /// <summary>Older ones say nothing that the series of the last one does not.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    /// <summary>The last snapshot; null before the first.</summary>
    public async Task<ExperimentSnapshot?> LatestAsync(Caller caller, Guid experimentId, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(caller, ct);
        await db.FindExperimentAsync(caller, Permissions.ExperimentsRead, experimentId, tracked: false, ct);
        return await LatestAsync(db, experimentId, ct);
    }

    /// <summary>Takes a snapshot unless this minute has one; whichever instance is first does it. Answers with the last there is.</summary>
    public async Task<ExperimentSnapshot?> TakeAsync(Caller caller, Guid experimentId, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(caller, ct);
        var experiment = await db.FindExperimentAsync(caller, Permissions.ExperimentsRead, experimentId, tracked: false, ct);
        if (experiment.StartedAt is null)
        {
            return null;
        }

        var now = time.GetUtcNow();
        var minute = new DateTimeOffset(now.Ticks - (now.Ticks % Period.Ticks), TimeSpan.Zero);
        var before = await LatestAsync(db, experimentId, ct);
        var row = new StoredSnapshot { OrganizationId = experiment.OrganizationId, ExperimentId = experimentId, At = minute, Body = before?.ToJson() ?? "" };
        if (!await ClaimAsync(db, row, ct))
        {
            return before;
        }

        var snapshot = await analysis.AnalyzeAsync(db, experiment, now, before, ct);
        if (experiment.StoppedAt is not null && before is not null && snapshot.Variants.Sum(v => v.Executions) < before.Variants.Sum(v => v.Executions))
        {
            // Executions grow old and go; what was found of them when the experiment ended stays.
            return before;
        }

        row.Body = snapshot.ToJson();
        await db.SaveChangesAsync(ct);
        await db.ExperimentSnapshots.Where(s => s.ExperimentId == experimentId && s.At < minute - Kept).ExecuteDeleteAsync(ct);
        return snapshot;
    }

    /// <summary>Counts anew what was imported, its past included, in place of the snapshots there are.</summary>
    public async Task<ExperimentSnapshot> RecountAsync(Caller caller, Guid experimentId, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(caller, ct);
        var experiment = await db.FindExperimentAsync(caller, Permissions.ExperimentsRead, experimentId, tracked: false, ct);
        caller.Demand(Permissions.ExecutionsImport);
        var now = time.GetUtcNow();
        var snapshot = await analysis.AnalyzeWithPastAsync(db, experiment, now, ct);
        var row = new StoredSnapshot
        {
            OrganizationId = experiment.OrganizationId, ExperimentId = experimentId, At = new DateTimeOffset(now.Ticks - (now.Ticks % Period.Ticks), TimeSpan.Zero), Body = snapshot.ToJson(),
        };
        await db.ExperimentSnapshots.Where(s => s.ExperimentId == experimentId && s.At != row.At).ExecuteDeleteAsync(ct);
        if (await db.ExperimentSnapshots.Where(s => s.ExperimentId == experimentId && s.At == row.At).ExecuteUpdateAsync(set => set.SetProperty(s => s.Body, row.Body), ct) == 0)
        {
            await ClaimAsync(db, row, ct);
        }

        return snapshot;
    }

    /// <summary>Puts the row there with what was known before, so that readers never miss a snapshot while the next one is counted.</summary>
    private static async Task<bool> ClaimAsync(LoopaiDbContext db, StoredSnapshot row, CancellationToken ct)
    {
        if (await db.ExperimentSnapshots.AnyAsync(s => s.ExperimentId == row.ExperimentId && s.At >= row.At, ct))
        {
            return false;
        }

        db.ExperimentSnapshots.Add(row);
        try
        {
            await db.SaveChangesAsync(ct);
            return true;
        }
        catch (DbUpdateException)
        {
            // Another instance was first in this minute.
            db.Entry(row).State = EntityState.Detached;
            return false;
        }
    }

    private static async Task<ExperimentSnapshot?> LatestAsync(LoopaiDbContext db, Guid experimentId, CancellationToken ct)
    {
        var body = await db.ExperimentSnapshots.AsNoTracking().Where(s => s.ExperimentId == experimentId && s.Body != "").OrderByDescending(s => s.At)
            .Select(s => s.Body).FirstOrDefaultAsync(ct);
        return body is null ? null : ExperimentSnapshot.Parse(body);
    }
}
