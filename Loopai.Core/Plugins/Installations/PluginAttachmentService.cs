using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Runtime;
using Loopai.Core.Tasks;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Plugins.Installations;

/// <summary>Says which plugins work for which tasks, and in which order.</summary>
public sealed class PluginAttachmentService(LoopaiData data, PluginCatalog catalog, TimeProvider time)
{
    public const int MaxOnTask = 20;

    private const string Kind = "plugin_attachment";

    /// <summary>A task's plugins in their order.</summary>
    public async Task<IReadOnlyList<AttachedPlugin>> ListAsync(Caller caller, Guid taskId, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsRead);
        caller.Demand(Permissions.TasksRead, taskId);
        await using var db = await data.OpenAsync(caller, ct);
        await db.RequireTaskAsync(taskId, ct);
        return await ReadAsync(db, a => a.TaskId == taskId, ct);
    }

    /// <summary>The plugins of all tasks that the caller may see.</summary>
    public async Task<IReadOnlyList<AttachedPlugin>> ListAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsRead);
        var mine = caller.DemandOnTasks(Permissions.TasksRead);
        await using var db = await data.OpenAsync(caller, ct);
        return await ReadAsync(db, a => mine == null || mine.Contains(a.TaskId), ct);
    }

    /// <summary>The tasks that a plugin works for, of those that the caller may see.</summary>
    public async Task<IReadOnlyList<AttachedPlugin>> ListOfInstallationAsync(Caller caller, Guid installationId, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsRead);
        var mine = caller.TasksWith(Permissions.TasksRead);
        await using var db = await data.OpenAsync(caller, ct);
        await db.FindInstallationAsync(installationId, ct);
        return await ReadAsync(db, a => a.InstallationId == installationId && (mine == null || mine.Contains(a.TaskId)), ct);
    }

    /// <summary>Lets a plugin work for a task, behind those that do already.</summary>
    public async Task<AttachedPlugin> AttachAsync(Caller caller, AttachPlugin request, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsManage);
        new FieldErrors().AddIf(request.InstallationId is null, "installationId", "Say which installed plugin.").AddIf(request.TaskId is null, "taskId", "Say for which task.")
            .ThrowIfAny("plugin_attachment.invalid", "The plugin cannot be attached like this.");
        await using var db = await data.OpenAsync(caller, ct);
        var installation = await db.FindInstallationAsync(request.InstallationId!.Value, ct);
        var task = await db.FindOpenTaskAsync(request.TaskId!.Value, ct);
        var environment = await EnvironmentAsync(db, request.Environment, ct);
        if (installation.Kind == PluginKind.WebhookHandler)
        {
            throw InstallationErrors.WrongKind(installation.Key, "handles webhooks. Choose it on a webhook.");
        }

        // Of two who attach to a task at once, one waits here and then sees what the other did: an update locks the row on every provider.
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.Tasks.Where(t => t.Id == task.Id).ExecuteUpdateAsync(set => set.SetProperty(t => t.UpdatedAt, t => t.UpdatedAt), ct);
        var there = await ReadAsync(db, a => a.TaskId == task.Id, ct);
        if (there.Any(a => a.Installation.Id == installation.Id && a.Attachment.EnvironmentId == environment))
        {
            throw InstallationErrors.WrongKind(installation.Key, "is attached to this task and environment already.");
        }

        if (there.Count >= MaxOnTask)
        {
            throw new LimitExceededException("plugin_attachment.too_many", $"A task has at most {MaxOnTask} plugins. Detach one first.");
        }

        if (installation.Kind == PluginKind.Sampler
            && there.FirstOrDefault(a => a.Installation.Kind == PluginKind.Sampler && (a.Environment is null || environment is null || a.Attachment.EnvironmentId == environment)) is { } sampler)
        {
            throw InstallationErrors.HasSampler(sampler.Installation.DisplayName, sampler.Environment);
        }

        var attachment = new PluginAttachment
        {
            Id = Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, InstallationId = installation.Id, TaskId = task.Id, EnvironmentId = environment,
            Position = there.Count == 0 ? 1 : there.Max(a => a.Attachment.Position) + 1, Scope = request.Scope ?? PluginScope.Sampled, StopsAtFailure = request.StopsAtFailure ?? true,
            IsEnabled = request.IsEnabled ?? true, CreatedAt = time.GetUtcNow(),
        };
        db.PluginAttachments.Add(attachment);
        db.Record(caller, "plugin.attached", Kind, attachment.Id, new { plugin = installation.Key, task = task.Name, attachment.Scope, request.Environment });
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        catalog.Forget(caller.OrganizationId);
        return (await ReadAsync(db, a => a.Id == attachment.Id, ct))[0];
    }

    /// <summary>Changes what is given.</summary>
    public async Task<AttachedPlugin> UpdateAsync(Caller caller, Guid id, AttachPlugin change, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsManage);
        await using var db = await data.OpenAsync(caller, ct);
        var attachment = await FindAsync(db, id, ct);
        attachment.Scope = change.Scope ?? attachment.Scope;
        attachment.StopsAtFailure = change.StopsAtFailure ?? attachment.StopsAtFailure;
        attachment.IsEnabled = change.IsEnabled ?? attachment.IsEnabled;
        db.Record(caller, "plugin.attachment_updated", Kind, id, new { attachment.Scope, attachment.StopsAtFailure, attachment.IsEnabled });
        await db.SaveChangesAsync(ct);
        catalog.Forget(caller.OrganizationId);
        return (await ReadAsync(db, a => a.Id == id, ct))[0];
    }

    /// <summary>Puts a task's plugins into this order; those that are not named come behind, as they were.</summary>
    public async Task<IReadOnlyList<AttachedPlugin>> OrderAsync(Caller caller, Guid taskId, IReadOnlyList<Guid>? order, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsManage);
        await using var db = await data.OpenAsync(caller, ct);
        await db.RequireTaskAsync(taskId, ct);
        var attachments = await db.PluginAttachments.Where(a => a.TaskId == taskId).OrderBy(a => a.Position).ThenBy(a => a.Id).ToListAsync(ct);
        foreach (var unknown in (order ?? []).Except(attachments.Select(a => a.Id)).Take(1))
        {
            throw InstallationErrors.AttachmentNotFound(unknown);
        }

        var (position, wanted) = (0, (order ?? []).ToList());
        foreach (var attachment in attachments.OrderBy(a => wanted.IndexOf(a.Id) is var at and >= 0 ? at : int.MaxValue).ToList())
        {
            attachment.Position = ++position;
        }

        db.Record(caller, "plugin.attachments_ordered", "task", taskId, new { order });
        await db.SaveChangesAsync(ct);
        catalog.Forget(caller.OrganizationId);
        return await ReadAsync(db, a => a.TaskId == taskId, ct);
    }

    /// <summary>The plugin works for the task no more.</summary>
    public async Task DetachAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsManage);
        await using var db = await data.OpenAsync(caller, ct);
        var attachment = await FindAsync(db, id, ct);
        db.PluginAttachments.Remove(attachment);
        db.Record(caller, "plugin.detached", Kind, id, new { attachment.InstallationId, attachment.TaskId });
        await db.SaveChangesAsync(ct);
        catalog.Forget(caller.OrganizationId);
    }

    private static async Task<PluginAttachment> FindAsync(LoopaiDbContext db, Guid id, CancellationToken ct) =>
        await db.PluginAttachments.FirstOrDefaultAsync(a => a.Id == id, ct) ?? throw InstallationErrors.AttachmentNotFound(id);

    private static async Task<Guid?> EnvironmentAsync(LoopaiDbContext db, string? key, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(key))
        {
            return null;
        }

        var found = await db.Environments.Where(e => e.Key == key).Select(e => (Guid?)e.Id).FirstOrDefaultAsync(ct);
        new FieldErrors().AddIf(found is null, "environment", $"There is no environment '{key}' in this organization.").ThrowIfAny("plugin_attachment.invalid", "The plugin cannot be attached like this.");
        return found;
    }

    private static async Task<IReadOnlyList<AttachedPlugin>> ReadAsync(LoopaiDbContext db, System.Linq.Expressions.Expression<Func<PluginAttachment, bool>> which, CancellationToken ct)
    {
        var rows = await db.PluginAttachments.AsNoTracking().Where(which).OrderBy(a => a.Position).ThenBy(a => a.Id)
            .Join(db.PluginInstallations, a => a.InstallationId, i => i.Id, (a, i) => new { a, i })
            .Join(db.Tasks, r => r.a.TaskId, t => t.Id, (r, t) => new { r.a, r.i, Task = t.Name, Environment = db.Environments.Where(e => e.Id == r.a.EnvironmentId).Select(e => e.Key).FirstOrDefault() })
            .OrderBy(r => r.a.Position).ThenBy(r => r.a.Id).ToListAsync(ct);
        return [.. rows.Select(r => new AttachedPlugin(r.a, r.i, r.Task, r.Environment))];
    }
}

/// <summary>What to attach, and how.</summary>
public sealed record AttachPlugin
{
    public Guid? InstallationId { get; init; }

    public Guid? TaskId { get; init; }

    /// <summary>The short name of an environment; left out for all.</summary>
    public string? Environment { get; init; }

    /// <summary>Whether a validator sees the executions that are sampled, or all.</summary>
    public PluginScope? Scope { get; init; }

    /// <summary>Whether the validators behind it are spared what it finds wrong.</summary>
    public bool? StopsAtFailure { get; init; }

    public bool? IsEnabled { get; init; }
}

/// <param name="Attachment">How it works for the task.</param>
/// <param name="Installation">The plugin.</param>
/// <param name="Task">The task's name.</param>
/// <param name="Environment">The short name of the environment; null for all.</param>
public sealed record AttachedPlugin(PluginAttachment Attachment, PluginInstallation Installation, string Task, string? Environment);
