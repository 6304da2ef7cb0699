using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Experiments;

/// <summary>Says where metrics and holdouts are used, so that nobody changes what others rely on without knowing it.</summary>
public sealed class ExperimentUses(LoopaiData data)
{
    /// <summary>By all experiments of the caller's environment that are not put away and that the caller may see, the newest first.</summary>
    public async Task<UsedBy> ReadAsync(Caller caller, CancellationToken ct)
    {
        var mine = caller.DemandOnTasks(Permissions.ExperimentsRead);
        await using var db = await data.OpenAsync(caller, ct);
        var experiments = await db.Experiments.AsNoTracking().OfTasks(mine).Where(e => e.EnvironmentId == caller.EnvironmentId && e.Status != ExperimentStatus.Archived)
            .OrderByDescending(e => e.Id).Select(e => new { Use = new ExperimentUse(e.Id, e.Name, e.Status), e.Metrics, e.HoldoutId }).ToListAsync(ct);
        return new UsedBy(
            experiments.SelectMany(e => e.Metrics.Select(m => m.Metric).Distinct(StringComparer.Ordinal).Select(key => (key, e.Use))).ToLookup(p => p.key, p => p.Use, StringComparer.Ordinal),
            experiments.Where(e => e.HoldoutId is not null).ToLookup(e => e.HoldoutId!.Value, e => e.Use));
    }
}

/// <summary>Where metrics, by their key, and holdouts, by their id, are used.</summary>
public sealed record UsedBy(ILookup<string, ExperimentUse> Metrics, ILookup<Guid, ExperimentUse> Holdouts);

/// <summary>An experiment that uses something.</summary>
public sealed record ExperimentUse(Guid Id, string Name, ExperimentStatus Status);
