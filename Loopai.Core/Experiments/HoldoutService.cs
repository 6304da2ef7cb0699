using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Experiments;

/// <summary>Keeps the organization's holdouts.</summary>
public sealed class HoldoutService(LoopaiData data, TimeProvider time)
{
    public async Task<IReadOnlyList<Holdout>> ListAsync(Caller caller, CancellationToken ct)
    {
        caller.DemandOnTasks(Permissions.ExperimentsRead);
        await using var db = await data.OpenAsync(caller, ct);
        return await db.Holdouts.AsNoTracking().OrderBy(h => h.Key).ToListAsync(ct);
    }

    public async Task<Holdout> CreateAsync(Caller caller, string? key, string? description, double? share, CancellationToken ct)
    {
        caller.Demand(Permissions.ExperimentsWrite);
        Check(new FieldErrors().AddIf(!ExperimentRules.IsKey(key), "key", "A key has 1 to 64 characters: small letters, digits, '-', '_' and '.'."), description, share, required: true);
        await using var db = await data.OpenAsync(caller, ct);
        var holdout = new Holdout
        {
            Id = Guid.CreateVersion7(),
            OrganizationId = caller.OrganizationId,
            Key = key!,
            Description = description?.Trim() ?? "",
            Share = share!.Value,
            CreatedAt = time.GetUtcNow(),
            CreatedBy = caller.Name,
        };
        db.Holdouts.Add(holdout);
        db.Record(caller, "holdout.created", "holdout", holdout.Id, new { name = holdout.Key, holdout.Share });
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException) when (!ct.IsCancellationRequested)
        {
            throw ExperimentErrors.HoldoutTaken(holdout.Key);
        }

        return holdout;
    }

    /// <summary>Changes the description, or the share while no experiment that holds units names it.</summary>
    public async Task<Holdout> UpdateAsync(Caller caller, Guid id, string? description, double? share, CancellationToken ct)
    {
        caller.Demand(Permissions.ExperimentsWrite);
        Check(new FieldErrors(), description, share, required: false);
        await using var db = await data.OpenAsync(caller, ct);
        var holdout = await db.Holdouts.FirstOrDefaultAsync(h => h.Id == id, ct) ?? throw ExperimentErrors.HoldoutNotFound(id);
        var before = new { holdout.Share, holdout.Description };
        if (share is { } wanted && wanted != holdout.Share)
        {
            await RequireUnusedAsync(db, id, live: true, ct);
            holdout.Share = wanted;
        }

        holdout.Description = description?.Trim() ?? holdout.Description;
        var after = new { holdout.Share, holdout.Description };
        if (!before.Equals(after))
        {
            db.Record(caller, "holdout.changed", "holdout", id, new { name = holdout.Key, before, after });
            await db.SaveChangesAsync(ct);
        }

        return holdout;
    }

    public async Task DeleteAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.ExperimentsWrite);
        await using var db = await data.OpenAsync(caller, ct);
        var holdout = await db.Holdouts.FirstOrDefaultAsync(h => h.Id == id, ct) ?? throw ExperimentErrors.HoldoutNotFound(id);
        await RequireUnusedAsync(db, id, live: false, ct);
        db.Holdouts.Remove(holdout);
        db.Record(caller, "holdout.deleted", "holdout", id, new { name = holdout.Key });
        await db.SaveChangesAsync(ct);
    }

    private static async Task RequireUnusedAsync(LoopaiDbContext db, Guid id, bool live, CancellationToken ct)
    {
        var user = await db.Experiments.Where(e => e.HoldoutId == id && (!live || e.Status == ExperimentStatus.Running || e.Status == ExperimentStatus.Paused))
            .Select(e => e.Key).FirstOrDefaultAsync(ct);
        if (user is not null)
        {
            throw ExperimentErrors.HoldoutInUse(user);
        }
    }

    private static void Check(FieldErrors errors, string? description, double? share, bool required) => errors
        .AddIf(description?.Length > 1000, "description", "A description has at most 1,000 characters.")
        .AddIf(required && share is null, "share", "Say which share of the units is held out: 0.05 for 5 %.")
        .AddIf(share is { } s && !(s is > 0 and <= Holdout.MaxShare && ExperimentRules.IsShare(s)), "share", "A holdout keeps more than 0 and at most half of the units out, in steps of 0.0001.")
        .ThrowIfAny("holdout.invalid", "The holdout cannot be taken as it stands.");
}
