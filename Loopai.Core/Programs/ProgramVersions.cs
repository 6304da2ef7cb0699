using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Tasks;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Programs;

/// <summary>What people and jobs both do to versions, within a transaction of theirs.</summary>
internal static class ProgramVersions
{
    /// <summary>Gives out the task's next version number. The update locks the task's row until the transaction ends, so no two writers get the same.</summary>
    public static async Task<int> NextVersionAsync(this LoopaiDbContext db, Guid taskId, CancellationToken ct)
    {
        var tasks = db.Tasks.Where(t => t.Id == taskId);
        return await tasks.ExecuteUpdateAsync(set => set.SetProperty(t => t.LastVersion, t => t.LastVersion + 1), ct) == 1
            ? await tasks.Select(t => t.LastVersion).SingleAsync(ct)
            : throw TaskErrors.NotFound(taskId);
    }

    /// <summary>Holds the task's row until the transaction ends.</summary>
    public static Task LockTaskAsync(this LoopaiDbContext db, Guid taskId, CancellationToken ct) =>
        db.Tasks.Where(t => t.Id == taskId).ExecuteUpdateAsync(set => set.SetProperty(t => t.LastVersion, t => t.LastVersion), ct);

    public static async Task<ProgramVersion> FindVersionAsync(this LoopaiDbContext db, Guid taskId, int version, CancellationToken ct)
    {
        await db.RequireTaskAsync(taskId, ct);
        return await db.Programs.AsNoTracking().FirstOrDefaultAsync(p => p.TaskId == taskId && p.Version == version, ct)
            ?? throw ProgramErrors.NotFound(version);
    }

    /// <summary>Lets the version answer the task. The task's row is written first and against its revision, so that of two at once one is told.</summary>
    public static async Task ActivateAsync(
        this LoopaiDbContext db, Caller caller, TaskDefinition task, ProgramVersion program, DateTimeOffset now, CancellationToken ct)
    {
        var written = await db.Tasks
            .Where(t => t.Id == task.Id && t.Revision == task.Revision && t.ArchivedAt == null)
            .ExecuteUpdateAsync(
                set => set.SetProperty(t => t.ActiveVersion, program.Version)
                    .SetProperty(t => t.Revision, t => t.Revision + 1)
                    .SetProperty(t => t.UpdatedAt, now),
                ct);
        if (written == 0)
        {
            throw ProgramErrors.ActivatedMeanwhile();
        }

        await db.Programs
            .Where(p => p.TaskId == task.Id && p.Status == ProgramStatus.Active && p.Version != program.Version)
            .ExecuteUpdateAsync(set => set.SetProperty(p => p.Status, ProgramStatus.Deprecated), ct);
        await db.Programs
            .Where(p => p.Id == program.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(p => p.Status, ProgramStatus.Active).SetProperty(p => p.ActivatedAt, now), ct);
        db.Record(caller, "program.activated", "task", task.Id, new { before = task.ActiveVersion, after = program.Version });
        await db.SaveChangesAsync(ct);
    }

    /// <summary>Why a version is a draft, as a sentence.</summary>
    public static string WhyDraft(ProgramVersion program)
    {
        if (program.Strategy == "baseline")
        {
            return "it gives the same answer to every input, because the examples held nothing to learn.";
        }

        var report = program.Report is null ? null : JsonSerializer.Deserialize<TrialReport>(program.Report, JsonSerializerOptions.Web);
        return report switch
        {
            null or { Examples: 0 } => "there were no examples to try it on.",
            { Failed: > 0 } => $"it failed on {report.Failed} of {report.Examples} examples.",
            { Stopped: { } stopped } => stopped,
            { Right: 0 } => $"it was right on none of {report.Examples} examples.",
            _ => "it has not been found good.",
        };
    }
}
