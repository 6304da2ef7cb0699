using Loopai.Core.Tasks;
using Loopai.Core.Validation;

namespace Loopai.Portal.Pages.Tasks.Settings;

/// <summary>What the settings tab edits. Equal values are equal forms, so unsaved changes are a comparison.</summary>
internal sealed record SettingsForm(
    string Name, string Description, double? AccuracyPercent, double? LatencyTargetMs, string InputSchema, string OutputSchema, SamplingPolicy Sampling, Guid? TeamId,
    string Tags)
{
    public static readonly SettingsForm Empty = new("", "", null, null, "", "", new SamplingPolicy(), null, "");

    public static SettingsForm Of(TaskDefinition task) => new(
        task.Name, task.Description, task.AccuracyTarget is { } target ? Math.Round(target * 100, 6) : null, task.LatencyTargetMs, task.InputSchema,
        task.OutputSchema, task.Sampling, task.TeamId, new TaskTags(task.Tags).ToString());

    public bool ChangesSchemas(TaskDefinition task) => InputSchema != task.InputSchema || OutputSchema != task.OutputSchema;

    /// <summary>What differs from what was read; the service leaves alone what is not given.</summary>
    public TaskSpecification ToSpecification(SettingsForm saved) => new()
    {
        Name = Name == saved.Name ? null : Name,
        Description = Description == saved.Description ? null : Description,
        InputSchema = InputSchema == saved.InputSchema ? null : InputSchema,
        OutputSchema = OutputSchema == saved.OutputSchema ? null : OutputSchema,
        AccuracyTarget = AccuracyPercent is { } percent && AccuracyPercent != saved.AccuracyPercent ? Math.Round(percent / 100, 8) : null,
        LatencyTargetMs = LatencyTargetMs == saved.LatencyTargetMs ? null : LatencyTargetMs,
        WithoutAccuracyTarget = AccuracyPercent is null,
        WithoutLatencyTarget = LatencyTargetMs is null,
        Sampling = Sampling == saved.Sampling ? null : Sampling,
        TeamId = TeamId == saved.TeamId ? null : TeamId,
        WithoutTeam = TeamId is null,
        Tags = Tags == saved.Tags ? null : TaskTags.Parse(Tags),
    };
}
