using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Flags;

/// <summary>What flags are in an environment: switched, targeted, tried.</summary>
public sealed class FlagTargetingService(LoopaiData data, TimeProvider time)
{
    private const int MaxNoteLength = 500;

    /// <summary>Changes what is given of a flag's answers in an environment.</summary>
    /// <param name="caller">Who acts. A key, and whoever holds the permission for one environment, changes that one alone.</param>
    /// <param name="id">The flag.</param>
    /// <param name="environment">The environment's short name.</param>
    /// <param name="change">What to change.</param>
    /// <param name="expectedRevision">The revision of the environment's part that the caller has read; null to change whatever is there.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<FlagInEnvironment> SetAsync(
        Caller caller, Guid id, string environment, FlagTargetingChange change, int? expectedRevision, CancellationToken ct)
    {
        caller.Demand(Permissions.FlagsWrite);
        await using var db = await data.OpenAsync(caller, ct);
        var flag = await db.FindFlagAsync(id, ct);
        var detail = await db.DetailAsync(flag, ct);
        var here = detail.Environments.FirstOrDefault(e => e.Key == environment) ?? throw FlagErrors.EnvironmentNotFound(environment);
        DemandReach(caller, here);
        FlagQueries.DemandLive(flag);
        if (expectedRevision is { } expected && expected != here.Revision)
        {
            throw FlagErrors.ChangedMeanwhile();
        }

        var after = change.ApplyTo(here.Targeting);
        var errors = new FieldErrors().AddIf(change.Note?.Length > MaxNoteLength, "note", $"A note has at most {MaxNoteLength} characters.");
        FlagRules.CheckTargeting(errors, after, detail.Variations);
        errors.ThrowIfAny("flag.invalid_targeting", "The flag cannot be answered like this.");
        if (FlagJson.Write(after) == FlagJson.Write(here.Targeting) && here.Revision > 0)
        {
            return here;
        }

        return await SaveAsync(db, caller, flag, here, after, change.Note, ct);
    }

    /// <summary>What the flag is for a context in an environment, with every step on the way. Asks the database, not the memory that programs are answered from.</summary>
    public async Task<FlagExplanation> ExplainAsync(Caller caller, Guid id, string? environment, JsonElement context, CancellationToken ct)
    {
        caller.Demand(Permissions.FlagsRead);
        new FieldErrors().AddIf(context.ValueKind != JsonValueKind.Object, "context", "The context is a JSON object, such as {\"targetingKey\": \"user-1\", \"plan\": \"premium\"}.")
            .ThrowIfAny("flag.invalid_context", "The flag cannot be evaluated for this.");
        await using var db = await data.OpenAsync(caller, ct);
        var flag = await db.FindFlagAsync(id, ct);
        var environmentId = environment is null
            ? caller.EnvironmentId
            : await db.Environments.Where(e => e.Key == environment).Select(e => (Guid?)e.Id).FirstOrDefaultAsync(ct) ?? throw FlagErrors.EnvironmentNotFound(environment);
        var here = await db.FlagEnvironments.AsNoTracking().FirstOrDefaultAsync(e => e.FlagId == id && e.EnvironmentId == environmentId, ct);
        var steps = new List<FlagStep>();
        return new FlagExplanation(CompiledFlag.Of(flag, here).Evaluate(context, time.GetUtcNow(), steps), steps);
    }

    private async Task<FlagInEnvironment> SaveAsync(
        LoopaiDbContext db, Caller caller, FeatureFlag flag, FlagInEnvironment here, FlagTargeting after, string? note, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.LockFlagAsync(flag, ct);
        var text = FlagJson.Write(after);
        if (here.Revision == 0)
        {
            db.FlagEnvironments.Add(new FlagEnvironment
            {
                FlagId = flag.Id, EnvironmentId = here.EnvironmentId, OrganizationId = flag.OrganizationId, Targeting = text, UpdatedAt = now,
            });
        }
        else if (await db.FlagEnvironments.Where(e => e.FlagId == flag.Id && e.EnvironmentId == here.EnvironmentId && e.Revision == here.Revision)
            .ExecuteUpdateAsync(set => set.SetProperty(e => e.Targeting, text).SetProperty(e => e.Revision, here.Revision + 1).SetProperty(e => e.UpdatedAt, now), ct) == 0)
        {
            throw FlagErrors.ChangedMeanwhile();
        }

        var action = after.On == here.Targeting.On ? "targeted" : after.On ? "switched_on" : "switched_off";
        db.Note(caller, flag, here, action, note, here.Targeting, after, now);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException) when (!ct.IsCancellationRequested)
        {
            // Somebody else was the first to say something of this environment.
            throw FlagErrors.ChangedMeanwhile();
        }

        await transaction.CommitAsync(ct);
        return here with { Targeting = after, Revision = here.Revision + 1 };
    }

    private static void DemandReach(Caller caller, FlagInEnvironment environment)
    {
        if (environment.EnvironmentId != caller.EnvironmentIdOrNull && caller.Kind != CallerKind.System && !caller.ReachesOtherEnvironments(Permissions.FlagsWrite))
        {
            throw new ForbiddenException(
                Permissions.FlagsWrite, $"You hold the permission '{Permissions.FlagsWrite}' for another environment than {environment.Key}.") { Caller = caller };
        }
    }
}
