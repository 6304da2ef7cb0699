using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Flags;

/// <summary>What the services of flags share.</summary>
internal static class FlagQueries
{
    /// <exception cref="Errors.NotFoundException">There is none, or it is another organization's.</exception>
    public static async Task<FeatureFlag> FindFlagAsync(this LoopaiDbContext db, Guid id, CancellationToken ct) =>
        await db.FeatureFlags.FirstOrDefaultAsync(f => f.Id == id, ct) ?? throw FlagErrors.NotFound(id);

    /// <summary>
    /// Keeps the flag as it was read until the end of the transaction. Its variations and what environments answer lie in different rows, and whoever writes the one has
    /// checked it against the other.
    /// </summary>
    /// <exception cref="Errors.ChangedMeanwhileException">Somebody else saved first.</exception>
    public static async Task LockFlagAsync(this LoopaiDbContext db, FeatureFlag flag, CancellationToken ct)
    {
        // An update locks the row on every provider.
        if (await db.FeatureFlags.Where(f => f.Id == flag.Id && f.Revision == flag.Revision).ExecuteUpdateAsync(set => set.SetProperty(f => f.UpdatedAt, f => f.UpdatedAt), ct) == 0)
        {
            throw FlagErrors.ChangedMeanwhile();
        }
    }

    public static async Task<FlagDetail> DetailAsync(this LoopaiDbContext db, FeatureFlag flag, CancellationToken ct)
    {
        var told = await db.FlagEnvironments.AsNoTracking().Where(e => e.FlagId == flag.Id).ToDictionaryAsync(e => e.EnvironmentId, ct);
        var environments = await db.Environments.AsNoTracking().OrderBy(e => e.Position).Select(e => new { e.Id, e.Key }).ToListAsync(ct);
        return new FlagDetail(
            flag, FlagJson.VariationsOf(flag),
            [.. environments.Select(e => told.TryGetValue(e.Id, out var here)
                ? new FlagInEnvironment(e.Id, e.Key, FlagJson.TargetingOf(here), here.Revision)
                : new FlagInEnvironment(e.Id, e.Key, Untold(flag), 0))]);
    }

    public static void DemandLive(FeatureFlag flag)
    {
        if (flag.ArchivedAt is not null)
        {
            throw FlagErrors.Archived(flag.Key);
        }
    }

    /// <summary>What a flag is in an environment where nobody has said anything: off, and the first other value once it is switched on.</summary>
    public static FlagTargeting Untold(FeatureFlag flag)
    {
        var variations = FlagJson.VariationsOf(flag);
        return new FlagTargeting { Otherwise = new FlagServe { Variation = (variations.FirstOrDefault(v => v.Key != flag.OffVariation) ?? variations[0]).Key } };
    }

    /// <summary>Every variation that is answered to somebody.</summary>
    public static IEnumerable<string> VariationsOf(FlagTargeting targeting) => targeting.Rules.Select(r => r.Serve).Append(targeting.Otherwise).OfType<FlagServe>()
        .SelectMany(s => s.Variation is { } one ? [one] : s.Split?.Select(x => x.Variation) ?? []).OfType<string>();

    /// <summary>Puts a change into the flag's history and into the audit log.</summary>
    public static void Note(
        this LoopaiDbContext db, Caller caller, FeatureFlag flag, FlagInEnvironment? environment, string action, string? note, object? before, object? after, DateTimeOffset now)
    {
        db.FlagChanges.Add(new FlagChange
        {
            Id = Guid.CreateVersion7(now), OrganizationId = flag.OrganizationId, FlagId = flag.Id, EnvironmentId = environment?.EnvironmentId, Action = action,
            Note = string.IsNullOrWhiteSpace(note) ? null : note.Trim(), Before = Text(before), After = Text(after), By = caller.Name, At = now,
        });
        db.Record(caller, $"flag.{action}", FlagService.Kind, flag.Id, new { name = flag.Key, environment = environment?.Key, note, before, after });
    }

    /// <exception cref="Errors.ChangedMeanwhileException">Somebody else saved first.</exception>
    public static async Task SaveFlagAsync(this LoopaiDbContext db, CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw FlagErrors.ChangedMeanwhile();
        }
    }

    private static string? Text(object? value) => value is null ? null : JsonSerializer.Serialize(value, FlagJson.Options);
}
