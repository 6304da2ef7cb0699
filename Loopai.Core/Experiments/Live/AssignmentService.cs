using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Executions;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Experiments.Live;

/// <summary>Says which variant a unit gets, and why, by the very rules of the hot path.</summary>
public sealed class AssignmentService(LoopaiData data)
{
    public async Task<AssignmentAnswer> ExplainAsync(Caller caller, Guid id, string? unit, string? attributes, CancellationToken ct)
    {
        caller.DemandOnTasks(Permissions.ExperimentsRead);
        await using var db = await data.OpenAsync(caller, ct);
        var experiment = await db.FindExperimentAsync(caller, Permissions.ExperimentsRead, id, tracked: false, ct);
        if (unit is not { Length: > 0 and <= Execution.MaxUnitLength })
        {
            throw ExperimentErrors.InvalidUnit();
        }

        var known = Parse(attributes);
        var live = LiveExperiment.Of(experiment, await HoldoutOfAsync(db, experiment, ct));
        var own = live.Assign(unit, isNamed: true, known);
        var (reason, variant) = await BesideOthersAsync(db, experiment, own, unit, known, ct);
        var given = variant < 0 ? null : experiment.Variants[variant];
        return new AssignmentAnswer(
            experiment.Id, experiment.Key, unit, given?.Key, given?.Version, given?.Parameters, reason == AssignmentReason.Assigned, reason,
            Explain(experiment, reason, given), live.BucketOf(unit));
    }

    /// <summary>What becomes of the unit while other experiments of the task run too, and in the state that this one is in.</summary>
    private static async Task<(AssignmentReason Reason, int Variant)> BesideOthersAsync(
        LoopaiDbContext db, Experiment experiment, Assigned own, string unit, JsonElement attributes, CancellationToken ct)
    {
        if (own.Variant < 0)
        {
            return (own.Reason, own.Variant);
        }

        if (!experiment.IsLive)
        {
            return (AssignmentReason.NotRunning, own.Variant);
        }

        var taken = await TaskExperiments.LoadAsync(db, experiment.TaskId, ct) is { } all
            ? all.Find(experiment.EnvironmentId, DateTimeOffset.MaxValue, unit, isNamed: true, attributes) : default;
        return taken.Experiment?.Experiment.Id == experiment.Id ? (taken.Reason, taken.Variant!.Index) : (AssignmentReason.TakenByAnother, -1);
    }

    private static async Task<Holdout?> HoldoutOfAsync(LoopaiDbContext db, Experiment experiment, CancellationToken ct) =>
        experiment.HoldoutId is { } id ? await db.Holdouts.AsNoTracking().FirstAsync(h => h.Id == id, ct) : null;

    private static JsonElement Parse(string? attributes)
    {
        if (string.IsNullOrWhiteSpace(attributes))
        {
            return default;
        }

        try
        {
            return JsonElement.Parse(attributes) is { ValueKind: JsonValueKind.Object } element ? element : throw new JsonException();
        }
        catch (JsonException)
        {
            throw new InvalidException("experiment.attributes", "attributes", "attributes is a JSON object, such as {\"country\":\"de\"}.");
        }
    }

    private static string Explain(Experiment experiment, AssignmentReason reason, Variant? variant) => reason switch
    {
        AssignmentReason.Assigned => $"The unit's hash falls into the range of '{variant!.Name}'.",
        AssignmentReason.Forced => $"Somebody gave this unit '{variant!.Name}'. It is not counted.",
        AssignmentReason.Paused => "The experiment is paused: all of its units get the control and are not counted.",
        AssignmentReason.NotRunning => $"The experiment is {ExperimentErrors.Word(experiment.Status)}. Were it running, the unit would get '{variant!.Name}'.",
        AssignmentReason.NoUnit => "The experiment takes only executions that name a unit.",
        AssignmentReason.OutsideNamespace => $"The unit's place in the namespace '{experiment.Namespace!.Name}' lies outside of this experiment's range.",
        AssignmentReason.HeldOut => "The unit belongs to the holdout and takes part in no experiment that names it.",
        AssignmentReason.NotTargeted => "The attributes do not fit the experiment's condition.",
        AssignmentReason.OutsideCoverage => FormattableString.Invariant($"The unit belongs to the {1 - experiment.Coverage:P2} that coverage leaves out."),
        AssignmentReason.TakenByAnother => "Another experiment on this task, which started earlier, takes the unit.",
    };
}

/// <param name="ExperimentId">The experiment.</param>
/// <param name="Key">Its key.</param>
/// <param name="Unit">The unit that was asked about.</param>
/// <param name="Variant">The variant's key; null where the unit takes no part.</param>
/// <param name="Version">The version that answers; null where the unit takes no part.</param>
/// <param name="Parameters">The variant's parameters.</param>
/// <param name="Counts">Whether the unit's executions are results of the experiment.</param>
/// <param name="Reason">Why, as a word.</param>
/// <param name="Message">Why, as a sentence.</param>
/// <param name="Bucket">Where the unit's hash falls on 0..1.</param>
public sealed record AssignmentAnswer(
    Guid ExperimentId, string Key, string Unit, string? Variant, int? Version, JsonElement? Parameters, bool Counts, AssignmentReason Reason, string Message, double Bucket);
