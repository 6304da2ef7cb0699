using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Tasks;
using Loopai.Core.Usage;
using Loopai.Core.Validation;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Programs;

/// <summary>The versions of a task: written, listed, compared, downloaded, and put to work.</summary>
public sealed class ProgramService(LoopaiData data, IProgramSandbox sandbox, TimeProvider time)
{
    /// <summary>Takes a program that somebody wrote, tries it on examples, and keeps it as the task's next version.</summary>
    public async Task<ProgramVersion> CreateAsync(Caller caller, Guid taskId, CreateProgram request, CancellationToken ct)
    {
        caller.Demand(Permissions.ProgramsWrite, taskId);
        request.Validate();
        var (task, examples) = await ReadForTrialAsync(caller, taskId, ct);
        RequireSandbox(request.Language!.Value);

        // No connection is held while foreign code runs.
        var start = Stopwatch.GetTimestamp();
        var source = new ProgramSource(Guid.CreateVersion7(), request.Language.Value, request.Code!);
        var check = await sandbox.CheckAsync(source, ct);
        if (!check.Ok)
        {
            throw ProgramErrors.DoesNotLoad(check.Error);
        }

        var trial = await new ProgramTrial(sandbox, task).RunAsync(source, examples, ct);

        await using var db = await data.OpenAsync(caller, ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var program = new ProgramVersion
        {
            Id = source.Id,
            OrganizationId = caller.OrganizationId,
            TaskId = taskId,
            Version = await db.NextVersionAsync(taskId, ct),
            Language = source.Language,
            Strategy = "code",
            Artifact = Encoding.UTF8.GetBytes(source.Code),
            Status = trial.Status,
            Notes = Trimmed(request.Notes),
            Accuracy = trial.Accuracy,
            Report = JsonSerializer.Serialize(trial, JsonSerializerOptions.Web),
            MadeInMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds,
            CreatedBy = caller.Name,
            CreatedAt = time.GetUtcNow(),
        };
        db.Programs.Add(program);
        db.Record(caller, "program.created", "task", taskId, new { program.Version, program.Language, program.Status, trial.Right, trial.Wrong, trial.Failed });
        await db.SaveChangesAsync(ct);
        await db.DemandRoomAsync(caller.OrganizationId, ct);
        await transaction.CommitAsync(ct);
        return program;
    }

    /// <summary>One window of the versions, newest first.</summary>
    public async Task<Page<ProgramSummary>> ListAsync(Caller caller, Guid taskId, PageRequest page, CancellationToken ct)
    {
        caller.Demand(Permissions.TasksRead, taskId);
        page = page.Validated();
        var before = Cursor.Decode<Before>(page.Cursor)?.Version ?? int.MaxValue;
        await using var db = await data.OpenAsync(caller, ct);
        await db.RequireTaskAsync(taskId, ct);
        var rows = await db.Programs
            .Where(p => p.TaskId == taskId && p.Version < before)
            .OrderByDescending(p => p.Version)
            .Take(page.Limit + 1)
            .Select(p => new ProgramSummary(
                p.Id, p.TaskId, p.Version, p.Language, p.Strategy, p.Status, p.Notes, p.Accuracy, p.Artifact.Length, p.MadeInMs, p.CreatedBy,
                p.CreatedAt, p.ActivatedAt, p.Report))
            .ToListAsync(ct);
        return new Page<ProgramSummary>([.. rows.Take(page.Limit)], rows.Count > page.Limit ? Cursor.Encode(new Before(rows[page.Limit - 1].Version)) : null);
    }

    public async Task<ProgramVersion> GetAsync(Caller caller, Guid taskId, int version, CancellationToken ct)
    {
        caller.Demand(Permissions.TasksRead, taskId);
        await using var db = await data.OpenAsync(caller, ct);
        return await db.FindVersionAsync(taskId, version, ct);
    }

    /// <summary>The version as a ZIP that runs without Loopai.</summary>
    public async Task<ProgramDownload> DownloadAsync(Caller caller, Guid taskId, int version, CancellationToken ct)
    {
        caller.Demand(Permissions.TasksRead, taskId);
        await using var db = await data.OpenAsync(caller, ct);
        var task = await db.FindTaskAsync(taskId, ct);
        return ProgramDownload.Of(task, await db.FindVersionAsync(taskId, version, ct));
    }

    /// <summary>Lets a version answer the task. An older one again is the way back; the one that is active already changes nothing.</summary>
    /// <param name="caller">Who acts.</param>
    /// <param name="taskId">The task.</param>
    /// <param name="version">The version.</param>
    /// <param name="force">Whether a draft may be activated.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<ProgramVersion> ActivateAsync(Caller caller, Guid taskId, int version, bool force, CancellationToken ct)
    {
        caller.Demand(Permissions.ProgramsActivate, taskId);
        await using var db = await data.OpenAsync(caller, ct);
        var task = await db.FindOpenTaskAsync(taskId, ct);
        var program = await db.FindVersionAsync(taskId, version, ct);
        if (program.Status == ProgramStatus.Active && task.ActiveVersion == version)
        {
            return program;
        }

        if (program.Status == ProgramStatus.Draft && !force)
        {
            throw ProgramErrors.Draft(version, ProgramVersions.WhyDraft(program));
        }

        if (program.Language != ProgramLanguage.Model)
        {
            RequireSandbox(program.Language);
        }

        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.ActivateAsync(caller, task, program, time.GetUtcNow(), ct);
        await transaction.CommitAsync(ct);
        return await db.FindVersionAsync(taskId, version, ct);
    }

    /// <summary>Changes what people have written about a version; nothing else of it ever changes.</summary>
    /// <param name="caller">Who acts.</param>
    /// <param name="taskId">The task.</param>
    /// <param name="version">The version.</param>
    /// <param name="notes">The notes, or null for none.</param>
    /// <param name="expectedTag">The <see cref="TagOf"/> that the caller has read; null to change whatever is there.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<ProgramVersion> UpdateNotesAsync(Caller caller, Guid taskId, int version, string? notes, string? expectedTag, CancellationToken ct)
    {
        caller.Demand(Permissions.ProgramsWrite, taskId);
        CreateProgram.CheckNotes(new FieldErrors(), notes);
        await using var db = await data.OpenAsync(caller, ct);
        await db.FindOpenTaskAsync(taskId, ct);
        var program = await db.FindVersionAsync(taskId, version, ct);
        if (expectedTag is not null && expectedTag != TagOf(program.Notes))
        {
            throw ProgramErrors.ChangedMeanwhile();
        }

        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var (before, after) = (program.Notes, Trimmed(notes));
        var written = await db.Programs
            .Where(p => p.Id == program.Id && p.Notes == before)
            .ExecuteUpdateAsync(set => set.SetProperty(p => p.Notes, after), ct);
        if (written == 0)
        {
            throw ProgramErrors.ChangedMeanwhile();
        }

        db.Record(caller, "program.notes_changed", "task", taskId, new { version, before, after });
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        program.Notes = after;
        return program;
    }

    /// <summary>Names the state of the one thing of a version that can be edited.</summary>
    public static string TagOf(string? notes) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(notes ?? ""))[..8]);

    /// <summary>Two versions side by side: how they measure, and their texts to be compared line by line.</summary>
    public async Task<ProgramComparison> CompareAsync(Caller caller, Guid taskId, int left, int right, CancellationToken ct)
    {
        caller.Demand(Permissions.TasksRead, taskId);
        await using var db = await data.OpenAsync(caller, ct);
        return new ProgramComparison(await SideAsync(db, taskId, left, ct), await SideAsync(db, taskId, right, ct));
    }

    private static async Task<ProgramSide> SideAsync(LoopaiDbContext db, Guid taskId, int version, CancellationToken ct)
    {
        var program = await db.FindVersionAsync(taskId, version, ct);
        var verdicts = await db.Validations
            .Where(v => v.TaskId == taskId && v.Version == version && (v.Status == ValidationStatus.Matched || v.Status == ValidationStatus.Mismatched))
            .GroupBy(v => v.Status)
            .Select(g => new { Status = g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Status, g => g.Count, ct);
        return new ProgramSide(
            ProgramSummary.Of(program), verdicts.GetValueOrDefault(ValidationStatus.Matched), verdicts.GetValueOrDefault(ValidationStatus.Mismatched),
            ProgramText.Of(program));
    }

    private async Task<(TaskDefinition Task, IReadOnlyList<Example> Examples)> ReadForTrialAsync(Caller caller, Guid taskId, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(caller, ct);
        return (await db.FindOpenTaskAsync(taskId, ct), await ProgramTrial.PickAsync(db, taskId, ct));
    }

    private void RequireSandbox(ProgramLanguage language)
    {
        var availability = sandbox.Availability(language);
        if (!availability.IsAvailable)
        {
            throw ProgramErrors.SandboxUnavailable(language, availability.Reason);
        }
    }

    private static string? Trimmed(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private sealed record Before(int Version);
}
