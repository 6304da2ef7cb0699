using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Flags;

/// <summary>Defines, changes and lists flags. What they are in an environment is <see cref="FlagTargetingService"/>'s.</summary>
public sealed class FlagService(LoopaiData data, TimeProvider time)
{
    public const int MaxFlags = 5000;

    internal const string Kind = "flag";

    /// <summary>Makes a flag. It is off everywhere until somebody switches it on.</summary>
    public async Task<FlagDetail> CreateAsync(Caller caller, FlagDefinition request, CancellationToken ct)
    {
        DemandDefinition(caller);
        var (type, variations, off) = Complete(request);
        var errors = new FieldErrors();
        FlagRules.CheckKey(errors, request.Key);
        FlagRules.CheckDescription(errors, request.Description);
        errors.AddIf(request.Type is null, "type", "Say what kind of flag it is: boolean, string, number or object.");
        if (request.Type is not null)
        {
            FlagRules.CheckVariations(errors, type, variations, off);
        }

        errors.ThrowIfAny("flag.invalid", "The flag cannot be made like this.");

        await using var db = await data.OpenAsync(caller, ct);
        if (await db.FeatureFlags.CountAsync(f => f.ArchivedAt == null, ct) >= MaxFlags)
        {
            throw FlagErrors.TooMany(MaxFlags);
        }

        if (await db.FeatureFlags.AnyAsync(f => f.Key == request.Key, ct))
        {
            throw FlagErrors.KeyTaken(request.Key!);
        }

        var now = time.GetUtcNow();
        var flag = new FeatureFlag
        {
            Id = Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, Key = request.Key!, Description = request.Description?.Trim() ?? "", Type = type,
            Variations = FlagJson.Write(variations), OffVariation = off, CreatedBy = caller.Name, CreatedAt = now, UpdatedAt = now,
        };
        db.FeatureFlags.Add(flag);
        db.Note(caller, flag, null, "created", null, null, Shown(flag), now);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException) when (!ct.IsCancellationRequested)
        {
            // Two made it at once, and the unique index let one through.
            throw FlagErrors.KeyTaken(flag.Key);
        }

        return await db.DetailAsync(flag, ct);
    }

    /// <summary>One window of the flags, by key, with what they are in the caller's environment.</summary>
    public async Task<Page<FlagItem>> ListAsync(Caller caller, FlagFilter filter, PageRequest page, CancellationToken ct)
    {
        caller.Demand(Permissions.FlagsRead);
        page = page.Validated();
        var after = Cursor.Decode<After>(page.Cursor)?.Key;
        await using var db = await data.OpenAsync(caller, ct);
        var flags = db.FeatureFlags.AsNoTracking().Where(f => f.ArchivedAt != null == filter.Archived);
        if (!string.IsNullOrWhiteSpace(filter.Search))
        {
            var search = filter.Search.Trim().ToLowerInvariant();
            flags = flags.Where(f => f.Key.ToLower().Contains(search) || f.Description.ToLower().Contains(search));
        }

        if (after is not null)
        {
            flags = flags.Where(f => f.Key.CompareTo(after) > 0);
        }

        var environment = caller.EnvironmentId;
        var rows = await flags.OrderBy(f => f.Key).Take(page.Limit + 1)
            .Select(f => new { Flag = f, Here = db.FlagEnvironments.FirstOrDefault(e => e.FlagId == f.Id && e.EnvironmentId == environment) })
            .ToListAsync(ct);
        return new Page<FlagItem>(
            [.. rows.Take(page.Limit).Select(r => new FlagItem(
                r.Flag, r.Here is null ? FlagQueries.Untold(r.Flag) : FlagJson.TargetingOf(r.Here), r.Here?.UpdatedAt > r.Flag.UpdatedAt ? r.Here.UpdatedAt : r.Flag.UpdatedAt))],
            rows.Count > page.Limit ? Cursor.Encode(new After(rows[page.Limit - 1].Flag.Key)) : null);
    }

    public async Task<FlagDetail> GetAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.FlagsRead);
        await using var db = await data.OpenAsync(caller, ct);
        return await db.DetailAsync(await db.FindFlagAsync(id, ct), ct);
    }

    /// <summary>Changes the description, the variations or the off-variation; what is null stays.</summary>
    /// <param name="caller">Who acts.</param>
    /// <param name="id">The flag.</param>
    /// <param name="change">What to change; key and type never do.</param>
    /// <param name="expectedRevision">The revision the caller has read; null to change whatever is there.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<FlagDetail> UpdateAsync(Caller caller, Guid id, FlagDefinition change, int? expectedRevision, CancellationToken ct)
    {
        DemandDefinition(caller);
        await using var db = await data.OpenAsync(caller, ct);
        var flag = await db.FindFlagAsync(id, ct);
        if (expectedRevision is { } expected && expected != flag.Revision)
        {
            throw FlagErrors.ChangedMeanwhile();
        }

        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.LockFlagAsync(flag, ct);
        var detail = await db.DetailAsync(flag, ct);
        FlagQueries.DemandLive(flag);
        var variations = change.Variations ?? detail.Variations;
        var errors = new FieldErrors()
            .AddIf(change.Key is not null && change.Key != flag.Key, "key", "A flag's key never changes: programs ask by it, and percentages go by it.")
            .AddIf(change.Type is not null && change.Type != flag.Type, "type", "A flag's type never changes. Make another flag.");
        FlagRules.CheckDescription(errors, change.Description);
        FlagRules.CheckVariations(errors, flag.Type, variations, change.OffVariation ?? flag.OffVariation);
        errors.ThrowIfAny("flag.invalid", "The flag cannot be changed like this.");
        foreach (var environment in detail.Environments)
        {
            if (FlagQueries.VariationsOf(environment.Targeting).FirstOrDefault(v => variations.All(x => x.Key != v)) is { } used)
            {
                throw FlagErrors.VariationInUse(used, environment.Key);
            }
        }

        var before = Shown(flag);
        flag.Description = change.Description?.Trim() ?? flag.Description;
        flag.Variations = FlagJson.Write(variations);
        flag.OffVariation = change.OffVariation ?? flag.OffVariation;
        await SaveAsync(db, caller, flag, "updated", before, ct);
        await transaction.CommitAsync(ct);
        return await db.DetailAsync(flag, ct);
    }

    /// <summary>Programs are told from now on that there is no such flag. Archiving twice changes nothing.</summary>
    public Task<FeatureFlag> ArchiveAsync(Caller caller, Guid id, CancellationToken ct) => SetArchivedAsync(caller, id, true, ct);

    /// <summary>Brings an archived flag back as it was.</summary>
    public Task<FeatureFlag> RestoreAsync(Caller caller, Guid id, CancellationToken ct) => SetArchivedAsync(caller, id, false, ct);

    /// <summary>One window of what was done to a flag, newest first.</summary>
    public async Task<Page<FlagChange>> HistoryAsync(Caller caller, Guid id, PageRequest page, CancellationToken ct)
    {
        caller.Demand(Permissions.FlagsRead);
        page = page.Validated();
        var before = Cursor.Decode<Before>(page.Cursor)?.Id;
        await using var db = await data.OpenAsync(caller, ct);
        await db.FindFlagAsync(id, ct);
        var rows = await db.FlagChanges.AsNoTracking().Where(c => c.FlagId == id && (before == null || c.Id.CompareTo(before.Value) < 0))
            .OrderByDescending(c => c.Id).Take(page.Limit + 1).ToListAsync(ct);
        return new Page<FlagChange>([.. rows.Take(page.Limit)], rows.Count > page.Limit ? Cursor.Encode(new Before(rows[page.Limit - 1].Id)) : null);
    }

    private async Task<FeatureFlag> SetArchivedAsync(Caller caller, Guid id, bool archived, CancellationToken ct)
    {
        DemandDefinition(caller);
        await using var db = await data.OpenAsync(caller, ct);
        var flag = await db.FindFlagAsync(id, ct);
        if (flag.ArchivedAt is not null != archived)
        {
            var before = Shown(flag);
            flag.ArchivedAt = archived ? time.GetUtcNow() : null;
            await SaveAsync(db, caller, flag, archived ? "archived" : "restored", before, ct);
        }

        return flag;
    }

    private async Task SaveAsync(LoopaiDbContext db, Caller caller, FeatureFlag flag, string action, object before, CancellationToken ct)
    {
        flag.Revision++;
        flag.UpdatedAt = time.GetUtcNow();
        db.Note(caller, flag, null, action, null, before, Shown(flag), flag.UpdatedAt);
        await db.SaveFlagAsync(ct);
    }

    /// <summary>A definition counts in every environment, so holding the permission for one of them does not do. A key's owner knows what it was made for.</summary>
    private static void DemandDefinition(Caller caller)
    {
        caller.Demand(Permissions.FlagsWrite);
        if (caller.Kind == CallerKind.User && !caller.ReachesOtherEnvironments(Permissions.FlagsWrite))
        {
            throw new ForbiddenException(
                Permissions.FlagsWrite, $"Defining flags needs the permission '{Permissions.FlagsWrite}' for the whole organization; you hold it for one environment.") { Caller = caller };
        }
    }

    private static (FlagType Type, IReadOnlyList<FlagVariation> Variations, string Off) Complete(FlagDefinition request)
    {
        var type = request.Type ?? FlagType.Boolean;
        IReadOnlyList<FlagVariation> variations = request.Variations is { Count: > 0 } given || type != FlagType.Boolean
            ? request.Variations ?? []
            : [new FlagVariation("on", System.Text.Json.JsonElement.Parse("true")), new FlagVariation("off", System.Text.Json.JsonElement.Parse("false"))];
        var off = request.OffVariation
            ?? (type == FlagType.Boolean ? variations.FirstOrDefault(v => v.Value.ValueKind == System.Text.Json.JsonValueKind.False)?.Key : null)
            ?? variations.FirstOrDefault()?.Key ?? "";
        return (type, variations, off);
    }

    private static object Shown(FeatureFlag flag) =>
        new { name = flag.Key, flag.Description, flag.Type, Variations = FlagJson.VariationsOf(flag), flag.OffVariation, Archived = flag.ArchivedAt is not null };

    private sealed record After(string Key);

    private sealed record Before(Guid Id);
}
