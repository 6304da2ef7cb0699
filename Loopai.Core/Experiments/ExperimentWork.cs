using System.Text.Json;
using System.Text.Json.Serialization;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Experiments;

/// <summary>What every verb on an experiment does before and after its own part.</summary>
internal static class ExperimentWork
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The experiment, when it is in the caller's environment and the caller holds the permission on its task.</summary>
    public static async Task<Experiment> FindExperimentAsync(this LoopaiDbContext db, Caller caller, string permission, Guid id, bool tracked, CancellationToken ct)
    {
        var mine = caller.DemandOnTasks(permission);
        var rows = tracked ? db.Experiments : db.Experiments.AsNoTracking();
        return await rows.OfTasks(mine).FirstOrDefaultAsync(e => e.Id == id && e.EnvironmentId == caller.EnvironmentId, ct) ?? throw ExperimentErrors.NotFound(id);
    }

    /// <summary>Puts what was done on the experiment's own record and into the audit log.</summary>
    /// <param name="db">The unit of work.</param>
    /// <param name="caller">Who did it.</param>
    /// <param name="experiment">To what.</param>
    /// <param name="action">What.</param>
    /// <param name="now">When.</param>
    /// <param name="reason">Why, in their words.</param>
    /// <param name="effect">What it did to the traffic.</param>
    /// <param name="details">What else there is to know.</param>
    /// <param name="isDeviation">Whether it departs from the frozen plan.</param>
    public static void Note(
        this LoopaiDbContext db, Caller caller, Experiment experiment, string action, DateTimeOffset now, string? reason = null, string? effect = null,
        object? details = null, bool isDeviation = false)
    {
        db.ExperimentChanges.Add(new ExperimentChange
        {
            Id = Guid.CreateVersion7(now),
            OrganizationId = experiment.OrganizationId,
            ExperimentId = experiment.Id,
            At = now,
            Action = action,
            By = caller.Name,
            ByKind = caller.Kind.ToString(),
            Reason = string.IsNullOrWhiteSpace(reason) ? null : Cut(reason.Trim(), ExperimentChange.MaxReasonLength),
            Effect = effect is null ? null : Cut(effect, ExperimentChange.MaxEffectLength),
            Details = details is null ? null : JsonSerializer.Serialize(details, Json),
            IsDeviation = isDeviation,
        });
        db.Publish(
            experiment.OrganizationId, $"experiment.{action}",
            new { experimentId = experiment.Id, experiment.Key, experiment.Name, experiment.TaskId, experiment.Status, reason, effect, by = caller.Name }, experiment.EnvironmentId, experiment.TaskId);
        db.Record(caller, $"experiment.{action}", "experiment", experiment.Id, new { experiment.Name, experiment.Key, reason, effect, details, deviation = isDeviation });
    }

    /// <summary>Writes against the revision that was read: of two who change an experiment at once, one is told.</summary>
    public static async Task SaveExperimentAsync(this LoopaiDbContext db, Experiment experiment, DateTimeOffset now, CancellationToken ct)
    {
        experiment.Revision++;
        experiment.UpdatedAt = now;
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw await WhoWasFasterAsync(db, experiment.Id, ct);
        }
    }

    /// <summary>Demands the state that a verb starts from.</summary>
    public static void Demand(this Experiment experiment, string verb, params ReadOnlySpan<ExperimentStatus> from)
    {
        if (!from.Contains(experiment.Status))
        {
            throw ExperimentErrors.WrongStatus(experiment.Status, verb, from.ToArray());
        }
    }

    public static void CheckReason(string? reason) => new FieldErrors()
        .AddIf(reason?.Length > ExperimentChange.MaxReasonLength, "reason", "A reason has at most 2,000 characters.").ThrowIfAny("experiment.reason", "The reason is too long.");

    /// <summary>Sentences that are made of names and figures grow with the experiment, and a long one must not keep it from being saved.</summary>
    private static string Cut(string text, int most) =>
        text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1)] + "…";

    private static async Task<ConflictException> WhoWasFasterAsync(LoopaiDbContext db, Guid id, CancellationToken ct)
    {
        db.ChangeTracker.Clear();
        var status = await db.Experiments.AsNoTracking().Where(e => e.Id == id).Select(e => e.Status).FirstOrDefaultAsync(ct);
        var by = await db.ExperimentChanges.AsNoTracking().Where(c => c.ExperimentId == id).OrderByDescending(c => c.At).ThenByDescending(c => c.Id).Select(c => c.By).FirstOrDefaultAsync(ct);
        return ExperimentErrors.ActedMeanwhile(by, status);
    }
}
