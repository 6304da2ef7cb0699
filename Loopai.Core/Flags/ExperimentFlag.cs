using System.Text.Json;
using Loopai.Core.Experiments;
using Loopai.Core.Experiments.Live;

namespace Loopai.Core.Flags;

/// <summary>A running experiment, read as a flag by its key: which variant a unit gets, by the very rules by which its executions are assigned.</summary>
internal sealed class ExperimentFlag(Experiment experiment, TaskExperiments beside) : IFlag
{
    private readonly JsonElement[] _values = [.. experiment.Variants.Select(ValueOf)];

    public Guid Id => experiment.Id;

    public string Key => experiment.Key;

    public string Revision { get; } = $"{experiment.Revision}:{experiment.Status}";

    public IEnumerable<DateTimeOffset> Boundaries => [];

    /// <summary>Units that take no part get the control, as their executions do.</summary>
    public FlagAnswer Evaluate(JsonElement context, DateTimeOffset now, ICollection<FlagStep>? trace = null)
    {
        var taken = beside.Find(experiment.EnvironmentId, now, context.GetProperty(FlagRules.TargetingKey).GetString(), isNamed: true, context);
        if (taken.Experiment?.Experiment.Id != experiment.Id || taken.Variant is not { } variant)
        {
            return Answer(0, FlagReason.Static);
        }

        return Answer(variant.Index, taken.Reason switch
        {
            AssignmentReason.Forced => FlagReason.TargetingMatch,
            AssignmentReason.Paused => FlagReason.Disabled,
            _ => FlagReason.Split,
        });
    }

    private FlagAnswer Answer(int variant, FlagReason reason) => new(this, experiment.Variants[variant].Key, _values[variant], reason, null, null);

    private static JsonElement ValueOf(Variant variant) => JsonSerializer.SerializeToElement(
        new { variant = variant.Key, version = variant.Version, parameters = variant.Parameters }, FlagJson.Options);
}
