using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Experiments.Metrics;

/// <summary>Defines what experiments measure. An experiment keeps the definition it started with.</summary>
public sealed class MetricService(LoopaiData data, TimeProvider time)
{
    /// <summary>The organization's own metrics by key; built-in ones are the same for all (<see cref="BuiltInMetrics"/>).</summary>
    public async Task<IReadOnlyList<Metric>> ListAsync(Caller caller, bool archived, CancellationToken ct)
    {
        caller.DemandOnTasks(Permissions.ExperimentsRead);
        await using var db = await data.OpenAsync(caller, ct);
        return await db.Metrics.AsNoTracking().Where(m => archived || m.ArchivedAt == null).OrderBy(m => m.Key).ToListAsync(ct);
    }

    public async Task<Metric> GetAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.DemandOnTasks(Permissions.ExperimentsRead);
        await using var db = await data.OpenAsync(caller, ct);
        return await db.Metrics.AsNoTracking().FirstOrDefaultAsync(m => m.Id == id, ct) ?? throw MetricErrors.NotFound(id);
    }

    public async Task<Metric> CreateAsync(Caller caller, MetricDraft draft, CancellationToken ct)
    {
        caller.Demand(Permissions.ExperimentsWrite);
        var definition = draft.Over(null);
        await using var db = await data.OpenAsync(caller, ct);
        var now = time.GetUtcNow();
        var metric = new Metric
        {
            Id = Guid.CreateVersion7(),
            OrganizationId = caller.OrganizationId,
            Key = definition.Key,
            Definition = definition,
            CreatedBy = caller.Name,
            CreatedAt = now,
            UpdatedAt = now,
        };
        db.Metrics.Add(metric);
        db.Record(caller, "metric.created", "metric", metric.Id, new { definition.Name, after = definition });
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException) when (!ct.IsCancellationRequested)
        {
            db.ChangeTracker.Clear();
            throw await db.Metrics.AnyAsync(m => m.Key == metric.Key, ct)
                ? MetricErrors.KeyTaken(metric.Key)
                : new UnavailableException("metric.not_saved", "The metric could not be saved. Try again.");
        }

        return metric;
    }

    public async Task<Metric> UpdateAsync(Caller caller, Guid id, MetricDraft draft, int? expectedRevision, CancellationToken ct)
    {
        caller.Demand(Permissions.ExperimentsWrite);
        await using var db = await data.OpenAsync(caller, ct);
        var metric = await db.Metrics.FirstOrDefaultAsync(m => m.Id == id, ct) ?? throw MetricErrors.NotFound(id);
        if (expectedRevision is { } expected && expected != metric.Revision)
        {
            throw MetricErrors.ChangedMeanwhile();
        }

        var before = metric.Definition;
        metric.Definition = draft.Over(before);
        return metric.Definition == before ? metric : await SaveAsync(db, caller, metric, "metric.updated", new { metric.Definition.Name, before, after = metric.Definition }, ct);
    }

    /// <summary>Keeps a metric from being chosen again, or lets it be chosen again.</summary>
    public async Task<Metric> SetArchivedAsync(Caller caller, Guid id, bool archived, CancellationToken ct)
    {
        caller.Demand(Permissions.ExperimentsWrite);
        await using var db = await data.OpenAsync(caller, ct);
        var metric = await db.Metrics.FirstOrDefaultAsync(m => m.Id == id, ct) ?? throw MetricErrors.NotFound(id);
        if (metric.ArchivedAt is not null == archived)
        {
            return metric;
        }

        metric.ArchivedAt = archived ? time.GetUtcNow() : null;
        return await SaveAsync(db, caller, metric, archived ? "metric.archived" : "metric.restored", new { metric.Definition.Name }, ct);
    }

    private async Task<Metric> SaveAsync(LoopaiDbContext db, Caller caller, Metric metric, string action, object details, CancellationToken ct)
    {
        metric.Revision++;
        metric.UpdatedAt = time.GetUtcNow();
        db.Record(caller, action, "metric", metric.Id, details);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw MetricErrors.ChangedMeanwhile();
        }

        return metric;
    }
}

internal static class MetricErrors
{
    public static NotFoundException NotFound(Guid id) => new("metric.not_found", $"There is no metric {id} in this organization.");

    public static ConflictException KeyTaken(string key) => new("metric.key_taken", $"A metric '{key}' exists. Choose another key, or change that metric.");

    public static ChangedMeanwhileException ChangedMeanwhile() =>
        new("metric.changed_meanwhile", "Somebody else changed this metric since you read it. Read it again and repeat your change.");
}
